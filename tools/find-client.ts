import { z } from 'zod'
import type { FoundClients } from '../src/agent/tool-results.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { describeClients } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function findClient(deps: ToolDeps) {
  return defineTool({
    name: 'find_client',
    description: 'Finds clients by name or part of a name, or by a phone number the staff member typed. Use it before anything that needs a clientId; never make up an id. Not for staff members or services. When several fit, ask which one and tell them apart by their next appointment: never choose.',
    effect: 'read',
    schema: z.object({
      name: z.string().min(1).max(100).optional().describe('First name, last name, or both, as said'),
      phone: z.string().min(4).max(30).optional().describe('A phone number, in any spelling'),
    }),
    doing: 'looking up the client',
    async run({ name, phone }): Promise<FoundClients> {
      const found = name === undefined && phone === undefined ? [] : unwrap(await deps.platform.findClients({ ...(name === undefined ? {} : { name }), ...(phone === undefined ? {} : { phone }), limit: 8 }))
      const clients = await describeClients(deps, found)
      const next = clients.length === 1 ? 'Use this clientId.' : clients.length === 0 ? 'Nobody of that name. Ask for the full name or the phone number.' : 'Several clients fit. Ask which one; do not choose.'
      return { asked: name ?? 'that phone number', clients, next }
    },
    say({ asked, clients }) {
      if (clients.length === 0) return `I find no client "${asked}".`
      return clients.map(sayClient).join('\n')
    },
  })
}

function sayClient({ name, phoneEnding, next, last }: FoundClients['clients'][number]): string {
  const about = [next === undefined ? 'nothing booked' : `next: ${next}`, ...(last === undefined ? [] : [`last: ${last}`]), ...(phoneEnding === undefined ? [] : [`phone ending ${phoneEnding}`])]
  return `${name}: ${about.join('; ')}.`
}
