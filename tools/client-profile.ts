import { z } from 'zod'
import type { ClientProfile } from '../src/agent/tool-results.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { sayMoney } from '../src/salon/money.ts'
import { type Client, clientName, type Holding } from '../src/salon/salon.ts'
import { sayDate } from '../src/salon/time.ts'
import { quoteNotes, visitsOf } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function clientProfile(deps: ToolDeps) {
  return defineTool({
    name: 'client_profile',
    description: 'What the salon knows of one client: visits, missed visits, packages, memberships, balance, notes. Use it for "what should I know about her?". Notes are shown to the person by the desk itself. Gives no phone number or e-mail. Needs a clientId from find_client.',
    effect: 'read',
    schema: z.object({ clientId: z.string().min(1).describe('From find_client') }),
    doing: 'reading the client\'s record',
    async run({ clientId }): Promise<ClientProfile> {
      const { platform, clock } = deps
      const client = unwrap(await platform.client({ id: clientId }))
      const [visits, histories, catalog] = await Promise.all([
        visitsOf(deps, clientId),
        platform.history({ clientIds: [clientId], knownBefore: clock.now() }).then(unwrap),
        platform.catalog().then(unwrap),
      ])
      const ended = histories.map(({ appointment }) => appointment.status)
      const phone = client.phones[0]
      return {
        client: { clientId, name: clientName(client), ...(phone === undefined ? {} : { phoneEnding: phone.slice(-2) }) },
        visits: {
          kept: ended.filter((status) => status === 'completed').length,
          lateOrMissed: ended.filter((status) => status === 'no_show').length,
          ...(visits.past[0] === undefined ? {} : { last: visits.past[0].when }),
        },
        upcoming: visits.upcoming,
        holdings: client.holdings.map(sayHolding),
        tags: client.tags,
        texts: textsWords[client.consent.sms],
        notes: quoteNotes(client.notes, catalog.locations[0]?.zone ?? 'UTC'),
      }
    },
    say({ client, visits, upcoming, holdings, tags, texts, notes }) {
      const next = upcoming[0]
      return [
        `${client.name}: ${visits.kept} kept ${visits.kept === 1 ? 'visit' : 'visits'}, ${visits.lateOrMissed} missed.${visits.last === undefined ? '' : ` Last visit ${visits.last}.`}`,
        next === undefined ? 'Nothing booked ahead.' : `Next: ${next.when}, ${next.services} with ${next.staff}.`,
        ...holdings.map((line) => `- ${line}`),
        ...(tags.length === 0 ? [] : [`Tags: ${tags.join(', ')}.`]),
        texts,
        ...notes.map(({ by, on, quoted }) => `Note${by === undefined ? '' : ` by ${by}`}${on === undefined ? '' : `, ${on}`}: "${quoted}"`),
      ].join('\n')
    },
    // What stands in notes is shown to the person by code and kept from the model: a note must not be able to talk to something that can propose.
    forModel: ({ notes, ...profile }) => ({ ...profile, notes: notes.length === 0 ? 'none' : `${notes.length}, shown to the person beside your answer` }),
  })
}

const textsWords: Record<Client['consent']['sms'], string> = { in: 'Agreed to texts.', out: 'Does not want texts.', unknown: 'Whether texts are welcome is not on record.' }

function sayHolding(holding: Holding): string {
  switch (holding.kind) {
    case 'package':
      return `Package ${holding.name}: ${holding.remaining} left${holding.expires === undefined ? '' : `, until ${sayDate(holding.expires)}`}`
    case 'credit':
      return `Credit of ${sayMoney(holding.amount)}${holding.expires === undefined ? '' : `, until ${sayDate(holding.expires)}`}`
    case 'balance':
      return `Owes ${sayMoney(holding.amount)}`
    case 'membership':
      return `Member: ${holding.name}`
    case 'product':
      return `Bought ${holding.name} on ${sayDate(holding.bought)}`
    case 'patch_test': // below, so that every path returns
  }
  return `Patch test on ${sayDate(holding.done)}`
}
