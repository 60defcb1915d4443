import { z } from 'zod'
import { buildCallList } from '../src/calls/build-call-list.ts'
import type { CallList } from '../src/calls/call-list.ts'
import { sayMoney } from '../src/salon/money.ts'
import { localDate, sayDate } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function riskSummary(deps: ToolDeps) {
  return defineTool({
    name: 'risk_summary',
    description: 'How risky a day looks as a whole: appointments, how many are likely to fail, money at risk, by location. Use it for "how does tomorrow look?". For who to call, use call_list.',
    effect: 'read',
    schema: z.object({
      date: z.string().optional().describe('YYYY-MM-DD; today when left out'),
      locationId: z.string().optional().describe('Only this location'),
    }),
    doing: 'adding up the risk',
    async run({ date, locationId }, context): Promise<{ list: CallList }> {
      const { platform, store, clock, score } = deps
      return { list: await buildCallList({ platform, store, clock, score, date, locationId: locationId ?? context.locationId, settings: { modelScripts: 0 } }) }
    },
    say: ({ list }) => list.locations.map(({ location, date, summary, notes }) => [
      `${location.name}, ${sayDate(date, localDate(list.now, location.zone))}: ${summary.appointments} appointments, ${summary.atRisk} of medium or high risk.`,
      `Expect about ${summary.expectedFailures.toFixed(1)} no-shows or late cancellations; ${sayMoney(summary.moneyAtRisk)} at risk. ${summary.confirmed} confirmed.`,
      ...notes,
    ].join('\n')).join('\n'),
    forModel: ({ list }) => ({ locations: list.locations.map(({ location, date, summary, notes }) => ({ location: location.name, date, ...summary, moneyAtRisk: sayMoney(summary.moneyAtRisk), notes })) }),
  })
}
