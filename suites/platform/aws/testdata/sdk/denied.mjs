import { AwsSmithyRpcV2CborProtocol, AwsSmithyRpcV2JsonProtocol } from '@aws-sdk/core/protocols';
import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand, InvokeCodeInterpreterCommand, StartBrowserSessionCommand, StartCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { BedrockAgentCoreControlClient, ListAgentRuntimesCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { attempt, config, print, url } from './client.mjs';

const core = new BedrockAgentCoreClient(config);
const s3 = new S3Client({ ...config, forcePathStyle: true });
const object = { Bucket: 'bucket', Key: 'a/key' };
const metric = new PutMetricDataCommand({ Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1 }] });
const sends = {
  codeInterpreter: [core, new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: 'aws.codeinterpreter.v1' })],
  invokeCodeInterpreter: [core, new InvokeCodeInterpreterCommand({ codeInterpreterIdentifier: 'aws.codeinterpreter.v1', name: 'executeCode', arguments: { code: '1' } })],
  browser: [core, new StartBrowserSessionCommand({ browserIdentifier: 'aws.browser.v1' })],
  runtime: [core, new InvokeAgentRuntimeCommand({ agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/other', payload: '{}' })],
  control: [new BedrockAgentCoreControlClient(config), new ListAgentRuntimesCommand({})],
  cloudwatch: [new CloudWatchClient(config), metric],
  cloudwatchCBOR: [new CloudWatchClient({ ...config, protocol: AwsSmithyRpcV2CborProtocol }), metric],
  cloudwatchRPC: [new CloudWatchClient({ ...config, protocol: AwsSmithyRpcV2JsonProtocol }), metric],
  logs: [new CloudWatchLogsClient(config), new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents: [{ timestamp: 1, message: 'm' }] })],
  dynamodb: [new DynamoDBClient(config), new GetItemCommand({ TableName: 't', Key: { id: { S: process.env.MARKER } } })],
  s3: [s3, new GetObjectCommand(object)],
  s3Head: [s3, new HeadObjectCommand(object)],
  s3List: [s3, new ListBucketsCommand({})],
  s3Put: [s3, new PutObjectCommand({ ...object, Body: Buffer.alloc(20 << 20, 'x') })],
  secretsmanager: [new SecretsManagerClient(config), new GetSecretValueCommand({ SecretId: 'secret' })],
  sns: [new SNSClient(config), new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'm' })],
  sqs: [new SQSClient(config), new SendMessageCommand({ QueueUrl: url + '/123456789012/q', MessageBody: 'm' })],
  ssm: [new SSMClient(config), new GetParameterCommand({ Name: '/parameter' })],
  xray: [new XRayClient(config), new PutTraceSegmentsCommand({ TraceSegmentDocuments: ['{}'] })],
};
const out = {};
for (const [name, [client, command]] of Object.entries(sends)) out[name] = await attempt(() => client.send(command));
print(out);
