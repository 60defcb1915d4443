import { addDays, at, daysBetween, minuteOfDay } from '../../salon/time.ts'
import type { TimePhrase } from '../../understanding/time-phrases/time-phrase.ts'
import type { WaitlistCandidates } from '../tool-results.ts'
import { proposed } from './change.ts'
import { type Plan, type Room, speak, type Task, use } from './plan.ts'
import { whichClient } from './which-client.ts'
import { oneLocation, whichService, whichStaff } from './which-service.ts'

const list = /\b(?:wait(?:ing)?[- ]?list)\b/i
const joins = /^\W*(?:(?:please|can|could|would|will|you|let'?s|also|and|then)\W+)*(?:put|add|sign up|place|get)\b/i
const leaves = /^\W*(?:(?:please|can|could|would|will|you|let'?s|also|and|then)\W+)*(?:take|remove|drop|delete)\b.{0,60}\b(?:off|from)\b/i

/** Whether somebody is to be put on the waitlist ("put Fay on the waitlist for a cut"), or taken off it; "from the waitlist into the 3 pm" is neither. */
export function wantsList({ said }: Task): 'join' | 'leave' | undefined {
  if (!list.test(said) || /\bfrom the wait\w*[- ]?list\b.{0,40}\b(?:in|into|to|at|for)\b/i.test(said)) return undefined
  if (leaves.test(said)) return 'leave'
  return joins.test(said) && /\b(?:on|onto|to|up for)\b.{0,12}\bwait/i.test(said) ? 'join' : undefined
}

/** Puts a client on the list: service, person and times as they were said, any time without one. */
export function* joinList(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const service = yield* whichService(task, room)
  const staff = yield* whichStaff(task, room)
  const locationId = yield* oneLocation(task, room, staff?.id)
  return yield* proposed(room, 'propose_waitlist_join', { clientId: client.id, serviceId: service.id, locationId, staffId: staff?.id, wanted: wantedTimes(task, room), reason: task.said })
}

/** Takes a client off the list, where there is one entry of theirs to take off. */
export function* leaveList(task: Task, room: Room): Plan {
  const client = yield* whichClient(task, room)
  const { candidates } = yield* use<WaitlistCandidates>('waitlist_for_slot', { date: room.today, untilDate: addDays(room.today, 30) })
  const entries = new Map(candidates.filter(({ clientId }) => clientId === client.id).map((entry) => [entry.entryId, entry]))
  const [entry, ...more] = entries.values()
  if (entry === undefined) return yield* speak(`${client.name} is not on the waitlist.`)
  if (more.length > 0 && task.slots.service === undefined) return yield* speak(`${client.name} waits for ${entries.size} things. Say which service.`)
  const meant = [...entries.values()].find(({ serviceId }) => task.slots.service?.ids.includes(serviceId) ?? true) ?? entry
  return yield* proposed(room, 'propose_waitlist_leave', { entryId: meant.entryId, reason: task.said })
}

/** The days and hours that were said, as ranges in which a visit may begin; hours without a day are those of the next four weeks. */
function wantedTimes({ slots: { date, time } }: Task, { today, zone }: Room): { from: string; to: string }[] {
  const hours = time === undefined ? undefined : hoursOf(time)
  if (date === undefined && hours === undefined) return []
  const [first, last] = date === undefined ? [today, addDays(today, 27)] : [date.from, date.to]
  const days = Array.from({ length: Math.min(60, daysBetween(first, last) + 1) }, (_, n) => addDays(first, n))
  return days.map((day) => ({ from: at(day, hours?.from ?? '00:00', zone), to: hours?.to === undefined ? at(addDays(day, 1), '00:00', zone) : at(day, hours.to, zone) }))
}

/** "At 3" is half an hour before and after; of two readings the one in the daytime. "Earlier" names no hours. */
function hoursOf({ kind, from, to, options }: TimePhrase): { from: string; to?: string } | undefined {
  if (kind === 'earlier' || kind === 'later') return undefined
  const point = kind === 'at' ? from : kind === 'ambiguous_meridiem' ? options?.find((option) => option >= '08:00' && option < '20:00') : undefined
  if (point !== undefined) return { from: shift(point, -30), to: shift(point, 31) }
  return { from: from ?? '00:00', ...(to === undefined ? {} : { to }) }
}

function shift(time: string, minutes: number): string {
  const shifted = Math.min(23 * 60 + 59, Math.max(0, minuteOfDay(time) + minutes))
  return `${String(Math.floor(shifted / 60)).padStart(2, '0')}:${String(shifted % 60).padStart(2, '0')}`
}
