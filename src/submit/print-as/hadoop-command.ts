import { basename, posix } from 'node:path';
import { formatCommand, parseCommand } from '../../runtime/programs/command-words.ts';
import type { ScriptJob } from './bash-script.ts';

/** The job as a Hadoop Streaming command. What Hadoop has no word for is left out. */
export function hadoopCommand(script: ScriptJob, shipped: readonly string[]): readonly string[] {
  const { job, stages, environment } = script;
  const words = [
    ...settings(script).map((setting) => option('-D', setting)),
    ...(shipped.length === 0 ? [] : [option('-files', shipped.join(','))]),
    ...Object.entries(environment).map(([name, value]) => option('-cmdenv', `${name}=${value}`)),
    ...job.input.map((input) => option('-input', input)),
    option('-output', job.output ?? 'OUTPUT'),
    option('-mapper', streamed(stages.mapper ?? 'cat', shipped)),
    ...(stages.combiner === undefined
      ? []
      : [option('-combiner', streamed(stages.combiner, shipped))]),
    ...(stages.isMapOnly ? [] : [option('-reducer', streamed(stages.reducer ?? 'cat', shipped))]),
    ...(partitioner(script) ?? []),
  ];
  const jar = '"$HADOOP_HOME"/share/hadoop/tools/lib/hadoop-streaming-*.jar';
  return [
    `hadoop jar ${jar} \\`,
    ...words.map((word, index) => {
      return index === words.length - 1 ? `  ${word}` : `  ${word} \\`;
    }),
  ];
}

/** Generic options, which Hadoop wants first. */
function settings({ job, stages: { cut } }: ScriptJob): readonly string[] {
  const { separator, keyFields, sortValues } = cut;
  const fields = sortValues ? keyFields + 1 : keyFields;
  return [
    ...(job.name === undefined ? [] : [`mapreduce.job.name=${job.name}`]),
    ...(job.numReducers === undefined ? [] : [`mapreduce.job.reduces=${String(job.numReducers)}`]),
    ...(job.numMappers === undefined ? [] : [`mapreduce.job.maps=${String(job.numMappers)}`]),
    ...(job.splitSize === undefined
      ? []
      : [`mapreduce.input.fileinputformat.split.maxsize=${String(job.splitSize)}`]),
    ...(job.taskTimeout === undefined ? [] : [`mapreduce.task.timeout=${String(job.taskTimeout)}`]),
    ...(job.maxAttempts === undefined
      ? []
      : [
          `mapreduce.map.maxattempts=${String(job.maxAttempts)}`,
          `mapreduce.reduce.maxattempts=${String(job.maxAttempts)}`,
        ]),
    ...(job.recursive === true ? ['mapreduce.input.fileinputformat.input.dir.recursive=true'] : []),
    ...(separator === '\t'
      ? []
      : [
          `stream.map.output.field.separator=${separator}`,
          `mapreduce.map.output.key.field.separator=${separator}`,
          `stream.reduce.input.field.separator=${separator}`,
        ]),
    ...(fields === 1 ? [] : [`stream.num.map.output.key.fields=${String(Math.max(1, fields))}`]),
    ...(sortValues ? [`mapreduce.partition.keypartitioner.options=-k1,${String(keyFields)}`] : []),
  ];
}

/** Sorted values are a longer key that is still partitioned by the old one. */
function partitioner({ job, stages }: ScriptJob): readonly string[] | undefined {
  if (job.totalOrder === true) return by('TotalOrderPartitioner');
  return stages.cut.sortValues ? by('KeyFieldBasedPartitioner') : undefined;
}

function by(partitionerClass: string): readonly string[] {
  return [option('-partitioner', `org.apache.hadoop.mapred.lib.${partitionerClass}`)];
}

function option(name: string, value: string): string {
  return `${name} ${formatCommand([value])}`;
}

/** Hadoop puts every shipped file, by its base name, into the working directory. */
function streamed(command: string, shipped: readonly string[]): string {
  const parsed = parseCommand(command);
  if (!parsed.ok) return formatCommand(['bash', '-c', command]);
  const names = shipped.map((path) => posix.normalize(path));
  return formatCommand(
    parsed.words.map((word) => (names.includes(posix.normalize(word)) ? basename(word) : word)),
  );
}
