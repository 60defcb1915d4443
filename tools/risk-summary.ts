import { z } from 'zod'
import { riskSummary as summarise, type RiskSummary } from '../src/insights/risk-summary.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { sayMoney } from '../src/salon/money.ts'
import { localDate, sayDate } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function riskSummary(deps: ToolDeps) {
  return defineTool({
    name: 'risk_summary',
    description: 'How risky a day or some days look as a whole: appointments, expected no-shows and late cancellations, money at risk, by location, and where they gather. Use it for "how does tomorrow look?". For who to call, use call_list.',
    effect: 'read',
    schema: z.object({
      date: z.string().optional().describe('First day, YYYY-MM-DD; today when left out'),
      untilDate: z.string().optional().describe('Last day, YYYY-MM-DD; the same day when left out; at most 31 days'),
      locationId: z.string().optional().describe('Only this location'),
    }),
    doing: 'adding up the risk',
    async run({ date, untilDate, locationId }, context): Promise<RiskSummary> {
      const { platform, clock, score } = deps
      const catalog = unwrap(await platform.catalog())
      const from = date ?? localDate(clock.now(), catalog.locations[0]?.zone ?? 'UTC')
      return summarise({ platform, clock, score, from, to: untilDate ?? from, locationId: locationId ?? context.locationId })
    },
    say({ sentence, days }) {
      const several = days.length > 1 ? days.map(({ location, date, appointments, expectedFailures, moneyAtRisk, bands }) => `- ${location.name}, ${sayDate(date)}: ${appointments} booked, about ${expectedFailures.toFixed(1)} may fail (${bands.high} high, ${bands.medium} medium), ${sayMoney(moneyAtRisk)} at risk`) : []
      return [sentence, ...several].join('\n')
    },
    forModel: ({ days, hotspots, sentence }) => ({ summary: sentence, days: days.map(({ moneyAtRisk, ...day }) => ({ ...day, moneyAtRisk: sayMoney(moneyAtRisk) })), hotspots }),
  })
}
