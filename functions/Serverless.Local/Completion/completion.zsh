# Completes serverless-sql in zsh. In ~/.zshrc, behind compinit: source <(serverless-sql completion zsh)
_serverless_sql() {
  local line=${(j: :)${(@)words[1,CURRENT]}}
  local -a found=(${(f)"$(serverless-sql "[suggest:${#line}]" "$line" 2> /dev/null)"})
  compadd -a found || _files
}
compdef _serverless_sql serverless-sql
