# Completes serverless-sql in fish. In ~/.config/fish/config.fish: serverless-sql completion fish | source
function __serverless_sql
  set -l line (commandline -cp)
  serverless-sql "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
end
complete -c serverless-sql -a '(__serverless_sql)'
