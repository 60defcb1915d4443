import { type ComponentChild, h } from 'preact'
import type { Day } from '../page-api.ts'
import { change } from './state.ts'
import { sayMinutes, sayTime } from './times.ts'
import { lookOf, nameOf, sayRisk, sayStatus } from './visits.ts'

/** The same day as a table, in order of time: for narrow screens, for reading aloud, and for whoever likes lists. */
export function DayTable({ day }: { day: Day }): ComponentChild {
  const { zone } = day.location
  const visits = day.rows.flatMap(({ staff, visits }) => visits.map((visit) => ({ start: visit.start, staff: staff.name, visit })))
  const gaps = day.rows.flatMap(({ staff, gaps }) => gaps.map((gap) => ({ start: gap.start, staff: staff.name, gap })))
  const lines = [...visits, ...gaps].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  return h('table', { class: 'day-table' },
    h('thead', null, h('tr', null, ['Time', 'Who', 'What', 'With', 'Risk'].map((name) => h('th', { key: name, scope: 'col' }, name)))),
    h('tbody', null, lines.map((line) => ('gap' in line
      ? h('tr', { key: `${line.staff} ${line.start}`, class: 'free' },
        h('td', null, sayTime(line.start, zone)),
        h('td', { colSpan: 2 }, `free for ${sayMinutes((Date.parse(line.gap.end) - Date.parse(line.start)) / 60_000)}`, h('span', { class: 'narrow' }, ` with ${line.staff}`)),
        h('td', null, line.staff), h('td', null))
      : h('tr', { key: `${line.staff} ${nameOf(line.visit)}`, class: lookOf(line.visit) },
        h('td', null, sayTime(line.start, zone)),
        h('th', { scope: 'row' }, h('button', { type: 'button', class: 'plain', 'data-visit': line.visit.appointmentId, onClick: () => change({ dialog: { kind: 'visit', appointmentId: line.visit.appointmentId } }) }, line.visit.client.name)),
        h('td', null, line.visit.services, h('span', { class: 'small' }, ` ${sayStatus(line.visit)}`), h('span', { class: 'small narrow' }, `with ${line.staff}`)),
        h('td', null, line.staff),
        h('td', { class: 'risk' }, sayRisk(line.visit) ?? ''))))))
}
