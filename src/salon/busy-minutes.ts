import type { Service } from './salon.ts'

/**
 * The parts of a service of that length in which the staff member's hands are busy, in minutes from its start.
 * A processing gap (colour develops) counts as free only when it lies inside that length.
 */
export function busyMinutes({ durationMin, service }: { durationMin: number; service: Pick<Service, 'processing'> | undefined }): { from: number; to: number }[] {
  const gap = service?.processing
  if (durationMin <= 0) return []
  if (gap === undefined || gap.lengthMin <= 0 || gap.afterMin + gap.lengthMin >= durationMin) return [{ from: 0, to: durationMin }]
  return [...(gap.afterMin > 0 ? [{ from: 0, to: gap.afterMin }] : []), { from: gap.afterMin + gap.lengthMin, to: durationMin }]
}
