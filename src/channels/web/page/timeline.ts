import { type ComponentChild, h } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Day } from '../page-api.ts'
import { deskNow } from './desk.ts'
import { change } from './state.ts'
import { floorHour, localDate, sayHour, sayMinutes, sayTime } from './times.ts'
import { lanes, lookOf, nameOf, type Row, sayVisit, type Visit } from './visits.ts'

const hourMs = 3_600_000
const marks: Record<string, string> = { high: '▲', medium: '◆' }

/** The day as a picture that can be walked: a row a person, time from left to right. Arrow keys go from visit to visit. */
export function Timeline({ day }: { day: Day }): ComponentChild {
  const { zone } = day.location
  const box = useRef<HTMLDivElement>(null)
  const [stop, setStop] = useState<string>()
  const [from, to] = bounds(day)
  const place = (at: number): string => `${(100 * (at - from)) / (to - from)}%`
  const span = (stretch: { start: string; end: string }) => ({ left: place(Date.parse(stretch.start)), width: `${(100 * (Date.parse(stretch.end) - Date.parse(stretch.start))) / (to - from)}%` })
  const hours = Array.from({ length: Math.round((to - from) / hourMs) + 1 }, (_, at) => from + at * hourMs)
  const now = useNow(day)
  const names = day.rows.flatMap(({ visits }) => visits.map(nameOf))
  const reachable = stop !== undefined && names.includes(stop) ? stop : names[0]

  // On a narrow screen the picture is wider than its frame: begin where the day is.
  useLayoutEffect(() => {
    const frame = box.current
    if (frame === null || frame.scrollWidth <= frame.clientWidth) return
    frame.scrollLeft = ((now ?? from) - from) / (to - from) * frame.scrollWidth - frame.clientWidth / 3
  }, [day.location.id, day.date])

  const walk = (event: KeyboardEvent): void => {
    const next = neighbour(event)
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }

  return h('div', { class: 'timeline', ref: box, role: 'group', 'aria-label': 'Visits by person and time. The arrow keys go from one to the next.', onKeyDown: walk, style: { '--hours': hours.length - 1 } },
    h('div', { class: 'scale', 'aria-hidden': 'true' }, h('div', { class: 'axis' }, hours.filter((at) => now === undefined || Math.abs(at - now) > hourMs * 0.6).map((at) => h('span', { key: at, class: at === from ? 'first' : at === to ? 'last' : '', style: { left: place(at) } }, sayHour(at, zone))))),
    day.rows.map((row) => {
      const placed = lanes(row.visits)
      const deep = Math.max(1, ...placed.map(({ lane }) => lane + 1))
      return h('div', { class: 'row', key: row.staff.id },
        h('div', { class: 'who', id: `staff-${row.staff.id}` }, row.staff.name),
        h('ul', { class: 'track', 'aria-labelledby': `staff-${row.staff.id}`, style: { '--lanes': deep } },
          hours.map((at) => h('li', { class: 'tick', key: `tick ${at}`, role: 'presentation', 'aria-hidden': 'true', style: { left: place(at) } })),
          row.shifts.map((shift) => h('li', { class: 'shift', key: `shift ${shift.start}`, role: 'presentation', 'aria-hidden': 'true', style: span(shift) })),
          gapsOf(row).map((gap) => h('li', { class: 'gap', key: `gap ${gap.start}`, style: span(gap) }, h('span', { 'aria-hidden': 'true' }, gap.words, h('span', { class: 'band' }, ' free')), h('span', { class: 'unseen' }, `free from ${sayTime(gap.start, zone)} to ${sayTime(gap.end, zone)}`))),
          placed.map(({ stretch: visit, lane }) => h('li', { key: nameOf(visit), class: 'slot', style: { ...span(visit), '--lane': lane } },
            h(Bar, { visit, zone, reachable: nameOf(visit) === reachable, onFocus: () => setStop(nameOf(visit)) })))))
    }),
    now !== undefined && now > from && now < to && h('div', { class: 'now', 'aria-hidden': 'true' }, h('div', { style: { left: place(now) } }, h('span', null, sayTime(now, zone)))))
}

function Bar({ visit, zone, reachable, onFocus }: { visit: Visit; zone: string; reachable: boolean; onFocus: () => void }): ComponentChild {
  const look = lookOf(visit)
  return h('button', {
    type: 'button', class: `bar ${look}`, tabIndex: reachable ? 0 : -1, title: sayVisit(visit, zone), 'data-visit': visit.appointmentId,
    onFocus, onClick: () => change({ dialog: { kind: 'visit', appointmentId: visit.appointmentId } }),
  },
  h('span', { class: 'unseen' }, sayVisit(visit, zone)),
  h('span', { class: 'name', 'aria-hidden': 'true' }, visit.client.name.split(' ').flatMap((word, at) => [at > 0 && ' ', h('span', { key: at }, word)])),
  h('span', { class: 'short', 'aria-hidden': 'true' }, marks[look], h('br', null), initials(visit.client.name)),
  h('span', { class: 'more', 'aria-hidden': 'true' }, visit.status === 'confirmed' && '✓ ', marks[look] !== undefined && `${marks[look]} `, visit.risk === undefined ? visit.services : h('span', null, h('span', { class: 'band' }, visit.risk.band), ` ${Math.round(visit.risk.score * 100)} %`)))
}

/** What fits on a quarter of an hour. */
function initials(name: string): string {
  return name.split(/\s+/).map(([first = '']) => first).slice(0, 2).join('')
}

/** From a full hour before the first thing of the day to one after the last. */
function bounds(day: Day): [number, number] {
  const all = [...(day.open === null ? [] : [day.open]), ...day.rows.flatMap(({ shifts, visits }) => [...shifts, ...visits])]
  const from = floorHour(Math.min(...all.map(({ start }) => Date.parse(start))), day.location.zone)
  const last = Math.max(...all.map(({ end }) => Date.parse(end)))
  const to = floorHour(last, day.location.zone)
  return [from, to < last ? to + hourMs : to]
}

function gapsOf({ gaps }: Row): { start: string; end: string; words: string }[] {
  return gaps.map((gap) => ({ ...gap, words: sayMinutes((Date.parse(gap.end) - Date.parse(gap.start)) / 60_000) }))
}

/** The visit an arrow key leads to: along the row, or the one nearest in time in the row above or below. */
function neighbour(event: KeyboardEvent): HTMLElement | undefined {
  const here = event.target as HTMLElement
  const bars = (row: Element | null): HTMLElement[] => [...(row?.querySelectorAll<HTMLElement>('.bar') ?? [])]
  const row = here.closest('.row')
  const inRow = bars(row)
  const at = inRow.indexOf(here)
  if (at === -1) return undefined
  if (event.key === 'ArrowRight') return inRow[at + 1]
  if (event.key === 'ArrowLeft') return inRow[at - 1]
  if (event.key === 'Home') return inRow[0]
  if (event.key === 'End') return inRow.at(-1)
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return undefined
  const left = here.getBoundingClientRect().left
  for (let next = row; next !== null;) {
    next = event.key === 'ArrowDown' ? next.nextElementSibling : next.previousElementSibling
    const [nearest] = bars(next).sort((a, b) => Math.abs(a.getBoundingClientRect().left - left) - Math.abs(b.getBoundingClientRect().left - left))
    if (nearest !== undefined) return nearest
  }
  return undefined
}

/** Now, when it is on the day shown; looked at again each half minute. */
function useNow(day: Day): number | undefined {
  const [now, setNow] = useState(deskNow)
  useEffect(() => {
    const ticking = setInterval(() => setNow(deskNow()), 30_000)
    return () => clearInterval(ticking)
  }, [])
  return localDate(now, day.location.zone) === day.date ? now : undefined
}
