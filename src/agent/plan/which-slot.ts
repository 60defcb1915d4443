import { addDays, daysBetween, localDate, localTime, minuteOfDay, sayDate, weekday } from '../../salon/time.ts'
import type { TimePhrase } from '../../understanding/time-phrases/time-phrase.ts'
import type { AppointmentRef, FoundSlots, SlotRef } from '../tool-results.ts'
import { sayClock } from './say-clock.ts'
import { ask, type Plan, type Room, type Task, use } from './plan.ts'

/** What `find_slots` is asked besides the time: the appointment that moves, or the services of a new one. */
export type SlotNeeds = { appointmentId?: string; serviceIds?: string[]; staffId?: string | undefined; locationId?: string | undefined; moving?: AppointmentRef }

/** The slot a task is about; asks when no time was said, when it fits several, or (with the nearest real ones) when it fits none. Never guesses a time. */
export function* whichSlot(task: Task, room: Room, needs: SlotNeeds): Plan<{ id: string; name: string }> {
  const { chosen } = task
  if (chosen.slot !== undefined) return chosen.slot
  const found = yield* findSlots(task, room, needs)
  const [only] = found.slots
  if (found.slots.length === 1 && only !== undefined && isExact(task)) return { id: only.slotId, name: only.when }
  return yield* offer(task, found, room)
}

/** Free times for what was said; asks for the day when there is none. */
export function* findSlots(task: Task, room: Room, { moving, ...needs }: SlotNeeds): Plan<FoundSlots> {
  const { date, time } = task.slots
  if (time?.kind === 'ambiguous_meridiem') return yield* askMeridiem(task, time, room)
  // Today's own weekday name is the day in a week, said back with its date; any other doubt about a day is asked about.
  if (date?.alternative !== undefined && date.alternative !== room.today) return yield* ask({ text: `Do you mean ${sayDate(date.from, room.today)} or ${sayDate(date.alternative, room.today)}?`, question: { kind: 'missing', slot: 'date', intent: task.intent, slots: task.slots }, task })
  const keepsTime = moving?.timeKnown === true && time === undefined && (/\bsame (?:time|hour)\b/i.test(task.said) || (date === undefined && needs.staffId !== undefined && task.refused !== true))
  // "Same time next week" is the same weekday, too; "move Dana to 3 pm", "later" and "to Jamie" are moves within the day.
  const sameDay = moving !== undefined && date !== undefined && date.from !== date.to && keepsTime ? sameWeekday(localDate(moving.start, room.zone), date) : undefined
  // "The following friday" of somebody who comes on a Friday is the one after.
  const again = keepsTime && moving !== undefined && date?.from === localDate(moving.start, room.zone) && /\b(?:next|following)\b/i.test(task.said) ? { from: addDays(date.from, 7), to: addDays(date.from, 7) } : undefined
  const day = again ?? sameDay ?? date ?? (moving !== undefined && (time !== undefined || keepsTime) ? { from: localDate(moving.start, room.zone), to: localDate(moving.start, room.zone) } : undefined)
  if (day === undefined) return yield* ask({ text: moving === undefined ? 'For which day and time?' : `To which day and time? It is ${moving.when} now.`, question: { kind: 'missing', slot: 'date', intent: task.intent, slots: task.slots }, task })
  const untilDate = day.to > addDays(day.from, 30) ? addDays(day.from, 30) : day.to
  return yield* use<FoundSlots>('find_slots', {
    ...needs,
    date: day.from,
    untilDate: untilDate === day.from ? undefined : untilDate,
    ...(keepsTime && moving !== undefined ? { at: localTime(moving.start, room.zone) } : clockOf(time, moving === undefined ? undefined : localTime(moving.start, room.zone))),
  })
}

function sameWeekday(now: string, { from, to }: { from: string; to: string }): { from: string; to: string } | undefined {
  const days = Array.from({ length: Math.min(daysBetween(from, to), 30) + 1 }, (_, index) => addDays(from, index))
  const day = days.find((each) => each > now && weekday(each) === weekday(now))
  return day === undefined ? undefined : { from: day, to: day }
}

/** The time phrase as the tool takes it; `now` is the present time of an appointment that moves. */
function clockOf(time: TimePhrase | undefined, now: string | undefined): { at?: string | undefined; after?: string | undefined; before?: string | undefined } {
  switch (time?.kind) {
    case 'at':
      return { at: time.from }
    case 'around':
      return { at: time.at }
    case 'after':
      return { after: time.from }
    case 'before':
      return { before: time.to }
    case 'part_of_day':
      return time.part === 'morning' || time.part === 'first_thing' ? { before: time.to } : time.part === 'evening' || time.part === 'last_thing' ? { after: time.from } : { after: time.from, before: time.to }
    case 'between':
      return { after: time.from, before: time.to }
    case 'earlier':
    case 'later': {
      if (now === undefined) return {}
      const sign = time.kind === 'later' ? 1 : -1
      if (time.byMinutes !== undefined) return { at: toClock(minuteOfDay(now) + sign * time.byMinutes) }
      return time.kind === 'later' ? { after: toClock(minuteOfDay(now) + 1) } : { before: now }
    }
    case 'ambiguous_meridiem':
    case undefined: // no time of day to go by
  }
  return {}
}

function toClock(minutes: number): string {
  const inDay = Math.max(0, Math.min(minutes, 24 * 60 - 1))
  return `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`
}

function isExact({ slots: { time } }: Task): boolean {
  return time?.kind === 'at' || ((time?.kind === 'earlier' || time?.kind === 'later') && time.byMinutes !== undefined)
}

function* offer(task: Task, { asked, slots, nearest, why }: FoundSlots, { focus }: Room): Plan {
  const list = (slots.length > 0 ? slots : nearest).slice(0, 3)
  const options = list.map(({ slotId, start, when, staff }) => ({ id: slotId, start, label: `${when} with ${staff}` }))
  const names = Object.fromEntries(list.map(({ slotId, when }) => [slotId, when]))
  const none = `Nothing is free ${asked}${why === undefined ? '' : `: ${why}`}.`
  const { intent } = task
  const whom = focus.client === undefined ? '' : ` for ${focus.client.name}`
  if (list.length === 0) return yield* ask({ text: `${none} Which other day or time?`, question: { kind: 'missing', slot: 'date', intent, slots: task.slots }, task: { ...task, slots: { ...task.slots, date: undefined, time: undefined } } })
  const lead = slots.length > 0 ? `Free ${asked}:` : `${none} The nearest:`
  const text = [lead, ...numbered(list), list.length === 1 ? `Shall I take that${whom}, or which other time?` : `Which one${whom}?`].join('\n')
  return yield* ask({ text, question: { kind: 'which_slot', options }, task, fills: 'slot', names })
}

function numbered(slots: SlotRef[]): string[] {
  return slots.map(({ when, staff }, index) => `${index + 1}. ${when} with ${staff}`)
}

function* askMeridiem(task: Task, time: TimePhrase, room: Room): Plan {
  const [morning = '', evening = ''] = time.options ?? []
  const day = task.slots.date === undefined ? '' : ` on ${sayDate(task.slots.date.from, room.today)}`
  return yield* ask({ text: `Is that ${sayClock(morning)} or ${sayClock(evening)}${day}?`, question: { kind: 'missing', slot: 'time', intent: task.intent, slots: task.slots }, task })
}
