import { z } from 'zod'
import { buildCallList } from '../src/calls/build-call-list.ts'
import type { CallItem, CallList } from '../src/calls/call-list.ts'
import { sayMoney } from '../src/salon/money.ts'
import { localDate, sayDate } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const shown = 3

type Listed = { list: CallList; limit: number }

export function callList(deps: ToolDeps) {
  return defineTool({
    name: 'call_list',
    description: 'Who is worth a phone call before a day\'s appointments, most valuable call first, with risk, plain reasons and what to mention. Use it for "who should I call first?" or "who might not turn up today?". Not for the whole day (day_book) and not for totals (risk_summary).',
    effect: 'read',
    schema: z.object({
      date: z.string().optional().describe('YYYY-MM-DD; today when left out'),
      locationId: z.string().optional().describe('Only this location'),
      limit: z.int().min(1).max(50).optional().describe('How many a location; 3 when left out'),
    }),
    doing: 'making the call list',
    async run({ date, locationId, limit = shown }, context): Promise<Listed> {
      const { platform, store, clock, score } = deps
      return { list: await buildCallList({ platform, store, clock, score, date, locationId: locationId ?? context.locationId }), limit }
    },
    say({ list, limit }) {
      // The shop with the most valuable call first: "who should I call first?" is answered by the first line.
      const worth = ({ items }: (typeof list.locations)[number]) => items[0]?.expectedValue.value.minor ?? 0
      return list.locations.toSorted((a, b) => worth(b) - worth(a)).map(({ location, date, items, heldOut, notes, summary }) => {
        const day = sayDate(date, localDate(list.now, location.zone))
        const head = `${location.name}, ${day}: ${summary.appointments} ${summary.appointments === 1 ? 'appointment' : 'appointments'}, ${items.length} worth a call.`
        const more = items.length > limit ? [`… and ${items.length - limit} more.`] : []
        const held = heldOut.length > 0 ? [`${heldOut.length} left out on purpose, to measure what calling does.`] : []
        return [head, ...items.slice(0, limit).map(sayItem), ...more, ...held, ...notes].join('\n')
      }).join('\n\n')
    },
    forModel({ list, limit }) {
      return {
        locations: list.locations.map(({ location, date, items, summary, notes }) => ({
          location: location.name,
          date,
          appointments: summary.appointments,
          notes,
          calls: items.slice(0, limit).map((item) => ({
            rank: item.rank, appointmentId: item.appointment, clientId: item.client.id, client: item.client.name, time: item.timeText, services: item.services, staff: item.staff,
            risk: `${Math.round(item.risk * 100)} %`, band: item.band, reasons: item.reasons, talkingPoints: item.talkingPoints.map(({ text, source }) => ({ text, source })),
            outcome: item.outcome?.outcome,
          })),
        })),
      }
    },
  })
}

function sayItem(item: CallItem): string {
  const why = item.reasons[0] === undefined ? '' : `: ${item.reasons[0]}`
  const point = item.talkingPoints[0] === undefined ? '' : ` Mention: ${item.talkingPoints[0].text}.`
  const done = item.outcome === undefined ? '' : ` [${item.outcome.outcome}]`
  return [
    `${item.rank}. ${item.client.name}, ${item.timeText}, ${item.services.join(' and ')} with ${item.staff.join(' and ')} (${sayMoney(item.price)})${done}`,
    `   Risk ${item.band}, ${Math.round(item.risk * 100)} %${why}.${point}`,
  ].join('\n')
}
