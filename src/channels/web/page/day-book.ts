import { type ComponentChild, h } from 'preact'
import { useState } from 'preact/hooks'
import type { Day } from '../page-api.ts'
import { showDay } from './desk.ts'
import { DayTable } from './day-table.ts'
import { change, usePart } from './state.ts'
import { addDays, sayDate, sayMinutes } from './times.ts'
import { Timeline } from './timeline.ts'
import { nameOf } from './visits.ts'

/** The book of one day at one shop, with what is known of its risk. */
export function DayBookView(): ComponentChild {
  const day = usePart((state) => state.day)
  const [asList, setAsList] = useState(() => matchMedia('(max-width: 640px)').matches)
  return h('section', { class: 'book', 'aria-labelledby': 'book-title' },
    h('div', { class: 'head' },
      h(Title, null),
      h(PlacePicker, null),
      h('div', { class: 'switch', role: 'group', 'aria-label': 'Show the day as' },
        h('button', { type: 'button', 'aria-pressed': !asList, onClick: () => setAsList(false) }, 'Picture'),
        h('button', { type: 'button', 'aria-pressed': asList, onClick: () => setAsList(true) }, 'List'))),
    day.problem !== undefined && h('p', { class: 'problem', role: 'status' }, day.problem),
    day.value === undefined ? h('div', { class: 'wait timeline-wait', 'aria-busy': 'true' }, day.problem === undefined && 'Opening the book …') : h(DayContent, { day: day.value, asList }))
}

function DayContent({ day, asList }: { day: Day; asList: boolean }): ComponentChild {
  const { appointments, atRisk, expectedFailures, openGaps, openMinutes } = day.glance
  const shut = day.open === null && day.rows.every(({ visits, shifts }) => visits.length === 0 && shifts.length === 0)
  if (shut) return h('p', { class: 'empty' }, `${day.location.name} is closed on ${sayDate(day.date)}.`)
  const glance = [
    `${appointments} ${appointments === 1 ? 'appointment' : 'appointments'}`,
    `${atRisk} at risk`,
    `about ${expectedFailures.toFixed(1)} ${expectedFailures.toFixed(1) === '1.0' ? 'chair' : 'chairs'} may stay empty`,
    openGaps === 0 ? 'no open gaps' : `${openGaps} open ${openGaps === 1 ? 'gap' : 'gaps'}, ${sayMinutes(openMinutes)}`,
  ]
  return h('div', null,
    h('p', { class: 'glance' }, glance.map((words) => h('span', { key: words }, words))),
    asList ? h(DayTable, { day }) : h(Timeline, { day }),
    day.untimed.length > 0 && h('div', { class: 'untimed' }, h('p', { class: 'label' }, 'Time or person not known'),
      h('ul', null, day.untimed.map((visit) => h('li', { key: nameOf(visit) }, h('button', { type: 'button', class: 'plain', onClick: () => change({ dialog: { kind: 'visit', appointmentId: visit.appointmentId } }) }, `${visit.client.name}, ${visit.services}`))))),
    !asList && h('ul', { class: 'legend', 'aria-label': 'What the colours mean' },
      [['low', 'low risk'], ['medium', '◆ medium'], ['high', '▲ high'], ['here', 'here or done'], ['gone', 'did not come'], ['gap', 'free'], ['sure', '✓ confirmed']].map(([look, words]) => h('li', { key: look }, look !== 'sure' && h('span', { class: `swatch ${look}`, 'aria-hidden': 'true' }), words))))
}

function Title(): ComponentChild {
  const date = usePart((state) => state.date)
  const isToday = usePart((state) => state.me.value?.locations.some(({ id, today }) => id === state.locationId && today === state.date) === true)
  return h('h2', { id: 'book-title' }, date === '' ? 'Day book' : sayDate(date), isToday && h('span', { class: 'small' }, 'today'))
}

function PlacePicker(): ComponentChild {
  const me = usePart((state) => state.me.value)
  const locationId = usePart((state) => state.locationId)
  const date = usePart((state) => state.date)
  if (me === undefined || date === '') return null
  const today = me.locations.find(({ id }) => id === locationId)?.today ?? date
  const go = (to: string): void => { void showDay({ date: to }) }
  return h('div', { class: 'place' },
    me.locations.length > 1 && h('select', { 'aria-label': 'Shop', value: locationId, onChange: (event: Event) => { void showDay({ locationId: (event.target as HTMLSelectElement).value }) } },
      me.locations.map(({ id, name }) => h('option', { key: id, value: id }, name))),
    h('div', { class: 'days' },
      h('button', { type: 'button', 'aria-label': 'The day before', onClick: () => go(addDays(date, -1)) }, '‹'),
      h('input', { type: 'date', 'aria-label': 'Day', value: date, required: true, onChange: (event: Event) => { const { value } = event.target as HTMLInputElement; if (value !== '') go(value) } }),
      h('button', { type: 'button', 'aria-label': 'The day after', onClick: () => go(addDays(date, 1)) }, '›')),
    date !== today && h('button', { type: 'button', onClick: () => go(today) }, 'Today'))
}
