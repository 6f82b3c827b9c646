import type { JobReport } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { describeTime } from '../../runtime/times.ts';
import { type Forecast, forecastOf } from './forecast.ts';
import { humanCount, humanCountOf } from './human.ts';
import { printable } from './printable.ts';

const KEYS_SHOWN = 3;
/** A share of all records that one reduce alone will be busy with. */
const HEAVY_KEY_PERCENT = 20;

/** What a waiting client prints about a sample that succeeded. */
export function forecastReport(report: JobReport): readonly string[] {
  const forecast = forecastOf(report);
  const head = `${report.job} succeeded in ${describeTime(report.duration_ms)}`;
  if (!forecast) return [`${head}: there was no input to sample`];
  return [
    `${head}: ${humanCountOf(report.maps.tasks, 'map')} over ${percent(forecast.sampled_percent)} of the input`,
    `Forecast for all of it, on ${humanCountOf(forecast.slots, 'slot')}: ${times(forecast, report)}`,
    ...room(forecast),
    ...skew(forecast, report.reduces.tasks),
    'Nothing was written: this was a sample',
  ];
}

function times({ map_ms: mapMs, reduce_ms: reduceMs }: Forecast, { reduces }: JobReport): string {
  const whole = `about ${describeTime(mapMs + reduceMs)}`;
  if (reduces.tasks === 0) return whole;
  return `${whole} (maps ${describeTime(mapMs)}, reduces ${describeTime(reduceMs)})`;
}

function room({ map_output_bytes: bytes, free_bytes: free }: Forecast): readonly string[] {
  const output = `Map output: about ${describeSize(bytes)}`;
  if (free === null) return [output];
  const enough = bytes <= free ? '' : ', which is not enough';
  return [`${output}; ${describeSize(free)} are free${enough}`];
}

function skew(forecast: Forecast, reduces: number): readonly string[] {
  const { largest_partition: partition, largest_keys: keys } = forecast;
  if (partition === null) return [];
  const shown = keys.slice(0, KEYS_SHOWN).map((each) => {
    const records = humanCountOf(each.records, 'record');
    return `${printable(each.key)} about ${records} (${percent(each.percent)})`;
  });
  const size = describeSize(partition.input_bytes);
  const heavy = reduces > 1 && keys.some((each) => each.percent >= HEAVY_KEY_PERCENT);
  return [
    `Largest partition: ${partition.task}, about ${size} (${percent(partition.percent)})`,
    ...(shown.length === 0 ? [] : [`Largest keys: ${shown.join(', ')}`]),
    ...(heavy
      ? ['One reduce takes all records of a key: a combiner would shrink the largest']
      : []),
  ];
}

function percent(share: number): string {
  const digits = share >= 10 ? 0 : share >= 1 ? 1 : 2;
  return `${share >= 1000 ? humanCount(share) : share.toFixed(digits)} %`;
}
