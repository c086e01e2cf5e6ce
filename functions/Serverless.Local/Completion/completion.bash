# Completes serverless-sql in bash. In ~/.bashrc: source <(serverless-sql completion bash)
_serverless_sql() {
  local line=${COMP_LINE:0:COMP_POINT} IFS=$'\n'
  COMPREPLY=($(compgen -W "$("$1" "[suggest:${#line}]" "$line" 2> /dev/null)" -- "$2"))
}
complete -o default -F _serverless_sql serverless-sql
