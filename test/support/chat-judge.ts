import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Agent, Turn } from '../../src/agent/agent.ts'
import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import { readSlotId } from '../../src/platforms/embedded/slot-id.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { type Catalog, clientName } from '../../src/salon/salon.ts'
import { localDate, localTime, type Zone } from '../../src/salon/time.ts'

/**
 * A request at the front desk and what must come of it. `tool`: one of them, parted by |, is the last tool called; `ask` is a
 * question and no change, `words` no tool that could change anything. A proposal counts as asked for when the times that
 * were wanted are not free and the nearest are offered. Values of `args` are names and local times (the judge resolves the
 * ids), patterns between slashes.
 */
const Expect = z.strictObject({ tool: z.string(), args: z.record(z.string(), z.union([z.string(), z.number()])).optional(), reply: z.string().optional(), not: z.string().optional() })
const Item = z.strictObject({ split: z.enum(['dev', 'blind']), turns: z.array(z.strictObject({ text: z.string(), expect: Expect.optional() })).min(1) })
export type ChatItem = z.infer<typeof Item>

export type Judged = { split: ChatItem['split']; said: string[]; turn: Turn; toolRight: boolean; right: boolean; wrong: string[] }

export async function readChatItems(): Promise<ChatItem[]> {
  const text = await readFile(join(import.meta.dirname, '../data/chat-requests.jsonl'), 'utf8')
  return text.trim().split('\n').map((line) => Item.parse(JSON.parse(line)))
}

/** Says every item in a conversation of its own; one verdict a turn that expects something. */
export async function judgeChat({ items, agent, platform }: { items: ChatItem[]; agent: Agent; platform: BookingPlatform }): Promise<Judged[]> {
  const catalog = unwrap(await platform.catalog())
  const zone = catalog.locations[0]?.zone ?? 'UTC'
  const judged: Judged[] = []
  for (const [index, { split, turns }] of items.entries()) {
    const said: string[] = []
    for (const { text, expect } of turns) {
      said.push(text)
      const turn = await agent.turn({ conversationId: `chat-${split}-${index}`, person: { id: 'terminal:sam', name: 'Sam', role: 'front_desk' }, text })
      if (expect === undefined) continue
      const toolRight = isTool(expect.tool, turn)
      const effective = await readArgs({ turn, catalog, zone, platform })
      const wrong = [
        ...(toolRight ? [] : [`tool ${turn.toolCalls.at(-1)?.name ?? 'none'}`]),
        ...Object.entries(expect.args ?? {}).flatMap(([key, value]) => (isLike(effective[key], value) || (key === 'client' && effective[key] === undefined && turn.reply.includes(`for ${value}`)) ? [] : [`${key} ${String(effective[key])}`])),
        ...(expect.reply !== undefined && !new RegExp(expect.reply, 'i').test(turn.reply) ? ['reply lacks'] : []),
        ...(expect.not !== undefined && new RegExp(expect.not, 'i').test(turn.reply) ? ['reply has'] : []),
      ]
      judged.push({ split, said: [...said], turn, toolRight, right: wrong.length === 0, wrong })
    }
  }
  return judged
}

const looksOnly = (name: string) => !name.startsWith('propose_') && name !== 'record_outcome'

function isTool(tool: string, { toolCalls, reply }: Turn): boolean {
  const last = toolCalls.at(-1)?.name
  return tool.split('|').some((wanted) => {
    if (wanted === 'ask') return toolCalls.every(({ name }) => looksOnly(name)) && reply.includes('?')
    if (wanted === 'words') return toolCalls.every(({ name }) => looksOnly(name))
    if (wanted === last) return true
    return (wanted === 'propose_reschedule' || wanted === 'propose_booking') && last === 'find_slots' && /^Nothing is free |^Free .*[^]*(?:Which one|Shall I)/.test(reply)
  })
}

/** What the turn's calls come to, later ones over earlier ones, with names for ids. */
async function readArgs({ turn, catalog, zone, platform }: { turn: Turn; catalog: Catalog; zone: Zone; platform: BookingPlatform }): Promise<Record<string, unknown>> {
  const args: Record<string, unknown> = { date: localDate('2026-11-18T16:30:00.000Z', zone) }
  for (const call of turn.toolCalls) Object.assign(args, Object.fromEntries(Object.entries(call.args).filter(([, value]) => value !== undefined)))
  if (typeof args['appointmentId'] === 'string') {
    const appointment = unwrap(await platform.appointment({ id: args['appointmentId'] }))
    args['clientId'] = appointment.clientId
    args['appointment'] = `${localDate(appointment.start, zone)} ${localTime(appointment.start, zone)}`
  }
  const slot = typeof args['slotId'] === 'string' ? readSlotId(args['slotId'])?.segments[0] : undefined
  if (slot !== undefined) {
    const start = new Date(slot.start * 1000).toISOString()
    Object.assign(args, { date: localDate(start, zone), at: localTime(start, zone), after: args['after'] ?? localTime(start, zone), staffId: slot.staffId, serviceId: slot.serviceId })
  }
  const [serviceId] = (args['serviceIds'] as string[] | undefined) ?? [args['serviceId']]
  const named = (list: { id: string; name: string }[], id: unknown) => list.find((each) => each.id === id)?.name
  if (typeof args['clientId'] === 'string') args['client'] = clientName(unwrap(await platform.client({ id: args['clientId'] })))
  return { ...args, staff: named(catalog.staff, args['staffId']), location: named(catalog.locations, args['locationId']), service: named(catalog.services, serviceId) }
}

function isLike(value: unknown, wanted: string | number): boolean {
  if (typeof wanted === 'string' && wanted.startsWith('/')) return new RegExp(wanted.slice(1, -1), 'i').test(String(value))
  return value === wanted
}
