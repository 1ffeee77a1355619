import {
  BedrockAgentCoreClient, GetResourceApiKeyCommand, GetResourceOauth2TokenCommand, GetWorkloadAccessTokenCommand,
  GetWorkloadAccessTokenForJWTCommand, GetWorkloadAccessTokenForUserIdCommand,
} from '@aws-sdk/client-bedrock-agentcore';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { attempt, config, print } from './client.mjs';

const data = new BedrockAgentCoreClient(config);
const sts = new STSClient(config);
const ask = (command) => attempt(() => data.send(command));
const workloadName = 'agent';
const provider = { workloadIdentityToken: 'token', resourceCredentialProviderName: 'provider' };
const role = { RoleArn: 'arn:aws:iam::111122223333:role/path/Tea&Co', RoleSessionName: 'session' };

print({
  token: await ask(new GetWorkloadAccessTokenCommand({ workloadName })),
  forJWT: await ask(new GetWorkloadAccessTokenForJWTCommand({ workloadName, userToken: 'jwt' })),
  forUser: await ask(new GetWorkloadAccessTokenForUserIdCommand({ workloadName, userId: 'ann' })),
  apiKey: await ask(new GetResourceApiKeyCommand(provider)),
  machine: await ask(new GetResourceOauth2TokenCommand({ ...provider, scopes: [], oauth2Flow: 'M2M' })),
  user: await ask(new GetResourceOauth2TokenCommand({ ...provider, scopes: [], oauth2Flow: 'USER_FEDERATION' })),
  caller: await attempt(() => sts.send(new GetCallerIdentityCommand({}))),
  role: await attempt(() => sts.send(new AssumeRoleCommand(role))),
  web: await attempt(() => sts.send(new AssumeRoleWithWebIdentityCommand({ ...role, WebIdentityToken: 'jwt' }))),
  session: await attempt(() => sts.send(new GetSessionTokenCommand({}))),
});
