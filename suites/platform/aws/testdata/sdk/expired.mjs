// What clients sign with once the credentials that the metadata service gave them have ended. LIFE is how long those are good
// in milliseconds.
import { BedrockAgentCoreClient, GetWorkloadAccessTokenCommand } from '@aws-sdk/client-bedrock-agentcore';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import { attempt, print } from './client.mjs';

const region = 'us-east-1';
const who = (sts) => attempt(() => sts.send(new GetCallerIdentityCommand({})));
const later = (ms) => new Promise((done) => setTimeout(done, ms));

// A clock that can jump, as that of a snapshot does.
let jumped = 0;
const Clock = Date;
globalThis.Date = class extends Clock {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(Clock.now() + jumped);
  }

  static now() { return Clock.now() + jumped; }
};

const life = Number(process.env.LIFE);
const chain = new STSClient({ region });
const credentials = await fromInstanceMetadata()();
const kept = (Client) => new Client({ region, credentials });
const out = { first: await who(chain), firstKept: await who(kept(STSClient)) };
if (life > 60_000) {
  jumped = life + 60_000;
} else {
  await later(life + 100);
  out.kept = {
    sts: await who(kept(STSClient)),
    agentcore: await attempt(() => kept(BedrockAgentCoreClient).send(new GetWorkloadAccessTokenCommand({ workloadName: 'agent' }))),
    dynamodb: await attempt(() => kept(DynamoDBClient).send(new GetItemCommand({ TableName: 't', Key: { k: { S: 'v' } } }))),
    cloudwatch: await attempt(() => kept(CloudWatchClient).send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [] }))),
    s3: await attempt(() => kept(S3Client).send(new ListBucketsCommand({}))),
  };
}
out.again = await who(chain);
print(out);
