import type { FeatureName, FeatureRow } from './features.ts'

/** How a raw feature enters a model: counts and amounts by their logarithm, "days since" as something that fades in about two months. */
const shapes: Partial<Record<FeatureName, (raw: number) => number>> = {
  pastVisits: Math.log1p,
  visitsWithStaff: Math.log1p,
  price: Math.log1p,
  duration: Math.log1p,
  leadDays: Math.log1p,
  daysSinceVisit: fading,
  daysSinceFailure: fading,
  daysSinceCancel: fading,
}

/** exp(-days/60): 1 today, 0.37 after two months, 0 when it never happened. */
function fading(days: number): number {
  return Math.exp(-days / 60)
}

/** A feature as a model's column, rounded to the 32-bit float that ONNX sees; NaN where it is unknown. */
export function modelInput({ values }: Pick<FeatureRow, 'values'>, name: FeatureName): number {
  const raw = values[name]
  if (raw === undefined) return NaN
  return Math.fround(shapes[name]?.(raw) ?? raw)
}
