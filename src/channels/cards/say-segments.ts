/**
 * US cents for one segment of an SMS: about 0.8 for the text service and 0.4 for the phone company, by public price lists of
 * 2026. An order of size for whoever decides, not a bill.
 */
const centsPerSegment = 1.2

/** "1 segment, about 1 ¢". This file reaches the browser as it is, so it imports nothing. */
export function saySegments(segments: number): string {
  return `${segments} ${segments === 1 ? 'segment' : 'segments'}, about ${Math.max(1, Math.round(segments * centsPerSegment))}\u00A0¢`
}
