# Two images. The last is the serverless-sql command:
#   docker build --tag serverless-sql .
#   docker run --rm serverless-sql --until-idle
# and `app` is the Functions app, with its host:
#   docker build --target app --tag serverless-app .

FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS node

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The dashboard's page is built with npm.
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .

FROM build AS build-app
ARG VERSION
RUN dotnet publish functions/Serverless.App -c Release -o /app -p:DashboardPage=required ${VERSION:+-p:Version=$VERSION}

FROM mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0 AS app
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true
COPY --from=build-app /app /home/site/wwwroot
EXPOSE 80

FROM build AS build-command
ARG TARGETARCH
ARG VERSION
RUN dotnet publish functions/Serverless.Local -c Release -a $TARGETARCH -o /app -p:DashboardPage=required ${VERSION:+-p:Version=$VERSION} \
    && mkdir /state

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build-command /app /app
# A volume here is the user's to write to, as the folder is.
COPY --from=build-command --chown=$APP_UID /state /state
USER $APP_UID
WORKDIR /state
EXPOSE 5080
ENTRYPOINT ["dotnet", "/app/serverless-sql.dll"]
