// Exports spans, points and log records in both encodings, with and without gzip, and tells how each export ended.
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPLogExporter as LogsJSON } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as MetricsJSON } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TracesJSON } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const out = {};

// watched notes how an exporter's exports end: code 0 is success.
function watched(name, exporter) {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => send(items, (result) => {
    (out[name] ??= []).push(result.code === 0 ? 'ok' : String(result.error));
    done(result);
  });
  return exporter;
}

async function spans(name, exporter, resource) {
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(watched(name, exporter))] });
  const tracer = provider.getTracer('agent-library', '1.0');
  for (const session of ['one', 'two', 'one', undefined]) {
    const span = tracer.startSpan('invoke_agent', { attributes: { 'gen_ai.system': 'x', retries: 3, ratio: 0.5, list: ['a', 'b'] } });
    if (session) span.setAttribute('session.id', session);
    span.addEvent('said', { 'session.id': 'not-a-span' });
    span.end();
  }
  await provider.shutdown();
}

async function points(name, exporter, resource) {
  const reader = new PeriodicExportingMetricReader({ exporter: watched(name, exporter), exportIntervalMillis: 60_000 });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter('agent-library');
  const counter = meter.createCounter('calls');
  counter.add(1, { tool: 'a' });
  counter.add(2, { tool: 'b' });
  meter.createHistogram('duration').record(0.2);
  await provider.shutdown();
}

async function logs(name, exporter, resource) {
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: watched(name, exporter) })] });
  provider.getLogger('agent-library').emit({ body: 'hello', attributes: { 'session.id': 'one' } });
  await provider.shutdown();
}

const url = (signal) => `${process.env.COLLECTOR}/v1/${signal}`;
const resource = (name) => resourceFromAttributes({ 'service.name': name, 'cloud.resource_id': 'arn' });
await spans('tracesProto', new TracesProto({ url: url('traces') }), resource('proto'));
await spans('tracesProtoGzip', new TracesProto({ url: url('traces'), compression: 'gzip' }), resource('proto-gzip'));
// As in an agent: the endpoint comes from the environment.
await spans('tracesJSON', new TracesJSON(), resource('json'));
await points('metricsProto', new MetricsProto({ url: url('metrics') }), resource('proto'));
await points('metricsJSON', new MetricsJSON({ url: url('metrics'), compression: 'gzip' }), resource('json'));
await logs('logsProto', new LogsProto({ url: url('logs') }), resource('proto'));
await logs('logsJSON', new LogsJSON({ url: url('logs') }), resource('json'));
process.stdout.write(JSON.stringify(out));
