import type { Segment } from '../../salon/salon.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import type { SlotPlan } from './slot-id.ts'
import { seconds } from './stretches.ts'

/**
 * How a visit lay before each of its moves here. It may go back there although no search would offer it: an imported
 * visit can have gaps between its services, two at a time, or an hour at which the salon is said to be closed.
 */
export async function readFormerTimes({ db, appointmentId }: { db: Db | Trx; appointmentId: string }): Promise<Segment[][]> {
  const rows = await db.selectFrom('book_events').select('segments_before').where('appointment_id', '=', appointmentId).where('kind', '=', 'moved').where('segments_before', 'is not', null).orderBy('id').execute()
  return rows.flatMap((row) => row.segments_before === null ? [] : [row.segments_before])
}

export function planOf({ locationId, segments }: { locationId: string; segments: Segment[] }): SlotPlan {
  return { locationId, segments: segments.map((segment) => ({ serviceId: segment.serviceId, staffId: segment.staffId, start: seconds(segment.start), requested: segment.staffPreference === 'requested' })) }
}

/** The former time that the plan asks for, if any. */
export function findFormer({ former, plan }: { former: Segment[][]; plan: SlotPlan }): Segment[] | undefined {
  return former.find((segments) => segments.length === plan.segments.length && segments.every((segment, n) => {
    const wanted = plan.segments[n]
    return wanted?.serviceId === segment.serviceId && wanted.staffId === segment.staffId && wanted.start === seconds(segment.start)
  }))
}
