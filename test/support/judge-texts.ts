import { expect } from 'vitest'
import { sql } from 'kysely'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { countSegments } from '../../src/salon/gsm-text.ts'
import { clientName } from '../../src/salon/salon.ts'
import { addMinutes, localTime } from '../../src/salon/time.ts'
import type { ClientText, Play } from './play-format.ts'
import type { Stage } from './play-stage.ts'
import type { ClientHeard } from './play-steps.ts'
import { tinyZone } from './tiny-book.ts'

/** What a client heard, and that it is fit for a phone: from the salon, short, no link, nobody else's name or number. */
export function judgeClient({ step, heard, stage, play, where }: { step: ClientText; heard: ClientHeard; stage: Stage; play: Play; where: string }): void {
  const all = heard.texts.join('\n---\n')
  if (step.comes_to !== undefined) expect([heard.did], `${where} comes to, having said:\n${all}\n`).toEqual(step.comes_to)
  for (const words of step.hears ?? []) expect(all, `${where} the client hears`).toMatch(pattern(words))
  for (const words of step.does_not_hear ?? []) expect(all, `${where} the client does not hear`).not.toMatch(pattern(words))
  if (step.hears_nothing === true) expect(heard.texts, `${where} the client hears nothing`).toEqual([])
  expect(heard.proposals.map(({ kind }) => kind), `${where} proposes, having said:\n${all}\n`).toEqual(step.proposes ?? [])
  for (const text of heard.texts) {
    expect(countSegments(text).segments, `${where}: two SMS at most: ${text}`).toBeLessThanOrEqual(2)
    expect(text, `${where}: no link`).not.toMatch(/https?:|www\./)
    expect(stage.numbers.filter((number) => text.replaceAll(/\D/g, '').includes(number.slice(-10))), `${where}: nobody's number`).toEqual([])
    for (const words of play.never.hears) expect(text, `${where}: never hears`).not.toMatch(pattern(words))
  }
}

/** `/…/` is a regular expression; other words are looked for as they stand, whatever their case. */
export function pattern(words: string): RegExp {
  const regex = /^\/(.*)\/$/s.exec(words)?.[1]
  return new RegExp(regex ?? words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'im')
}

/** What each client was sent, whose texts wait for a person, who wants no more. */
export async function judgeTexts({ wanted, stage }: { wanted: Play['in_the_end']; stage: Stage }): Promise<void> {
  const { store, desk } = stage
  const rows = await store.db.selectFrom('texts').select(['client_id', 'body']).where('direction', '=', 'out').where('channel', '!=', 'voice').where('state', '=', 'sent').orderBy('at').orderBy('id').execute()
  const sent = Map.groupBy(rows, (row) => row.client_id)
  expect([...sent.keys()].map(unnamed).toSorted(), 'who was texted').toEqual(Object.keys(wanted.texts).toSorted())
  for (const [client, texts] of sent) expect(texts.map(({ body }) => store.seal.open(body)), `texts to ${client}`).toEqual((wanted.texts[unnamed(client)] ?? []).map((words) => expect.stringMatching(pattern(words))))
  expect((await desk.messages.waiting()).map(({ client }) => unnamed(client.id)).toSorted(), 'whose texts wait for a person').toEqual(wanted.waits_for_a_person.toSorted())
  const clients = [...new Set([...wanted.opted_out, ...(await store.db.selectFrom('texts').select('client_id').distinct().execute()).map((row) => row.client_id)])]
  const out = await Promise.all(clients.map(async (id) => ((await desk.messages.thread(id)).optedOut ? [unnamed(id)] : [])))
  expect(out.flat().toSorted(), 'who wants no more texts').toEqual(wanted.opted_out.toSorted())
  await judgePhones(stage)
}

/** A number that is on nobody's record is `a stranger` in a play. */
function unnamed(clientId: string): string {
  return clientId.startsWith('number:') ? 'a stranger' : clientId
}

/** What holds for every text that left, in every play: once each, in decent hours, never after a STOP, from a salon that says who it is. */
export async function judgePhones({ store, platform, phones, desk }: Pick<Stage, 'store' | 'platform' | 'phones' | 'desk'>): Promise<void> {
  const keys = phones.sent.map(({ key }) => key)
  expect(keys, 'no text goes out twice').toEqual([...new Set(keys)])
  const rows = await store.db.selectFrom('texts as t').leftJoin('texts as a', 'a.id', 't.answers').select(['t.id', 't.client_id', 't.body', 't.purpose', 't.phone_hash', 't.proposal_id', 't.at', 'a.at as answered_at'])
    .where('t.direction', '=', 'out').where('t.channel', '!=', 'voice').where('t.state', '=', 'sent').orderBy('t.at').orderBy('t.id').execute()
  expect(phones.sent.map(({ body }) => body).toSorted(), 'what left is what the store says').toEqual(rows.map(({ body }) => store.seal.open(body)).toSorted())

  const { business } = unwrap(await platform.catalog())
  const everybody = unwrap(await platform.clients({ ids: (await sql<{ id: string }>`select id from book_clients`.execute(store.db)).rows.map(({ id }) => id) }))
  const greeted = new Set<string>()
  for (const { client_id: client, body: sealed, purpose, phone_hash: phoneHash, proposal_id: proposalId, at, answered_at: answeredAt } of rows) {
    const body = store.seal.open(sealed)
    const what = `to ${client}: ${body}`
    const time = localTime(at, tinyZone)
    const answersSoon = answeredAt !== null && at <= addMinutes(answeredAt, 10)
    expect(answersSoon || purpose === 'consent' || (time >= '09:00' && time < '20:00'), `in decent hours (${time}) ${what}`).toBe(true)
    if (!greeted.has(client)) expect(body, `the first text says who it is from ${what}`).toContain(business.name)
    greeted.add(client)
    const others = everybody.filter(({ id, phones: [phone] }) => id !== client && phone !== undefined && store.seal.lookup(phone) !== phoneHash)
    expect(others.filter((other) => body.includes(clientName(other))).map(clientName), `nobody else's name ${what}`).toEqual([])
    expect(body, `asks for no keyword but to opt out ${what}`).not.toMatch(/(?:reply|text|send|envía|responde)\W+(?:cancel|end|quit|revoke|unsubscribe)\b/i)
    if (proposalId !== null) expect((await desk.approvals.get(proposalId)).facts, `word for word as approved ${what}`).toMatchObject(expect.toSatisfy((facts: { message?: { body?: string }; texts?: { body: string }[] }) => [facts.message?.body, ...(facts.texts ?? []).map((text) => text.body)].includes(body)))
  }
  await judgeSilence({ store, numberOf: new Map([...everybody.map(({ id, phones: [phone] }) => [id, phone === undefined ? id : store.seal.lookup(phone)] as const), ...rows.map((row) => [row.client_id, row.phone_hash ?? row.client_id] as const)]) })
}

/** After a STOP nothing goes to the number but its confirmation, in the order of the audit log: clocks stand still in plays. */
async function judgeSilence({ store, numberOf }: { store: Stage['store']; numberOf: ReadonlyMap<string, string> }): Promise<void> {
  const rows = await store.db.selectFrom('audit').select(['action', 'subject', 'detail']).where('action', 'in', ['consent.out', 'consent.in', 'text.sent']).orderBy('seq').execute()
  const purposes = new Map((await store.db.selectFrom('texts').select(['id', 'purpose']).execute()).map(({ id, purpose }) => [id, purpose]))
  const silent = new Set<string>()
  for (const { action, subject, detail } of rows) {
    const client = subject.replace(/^thread:/, '')
    const number = numberOf.get(client) ?? client
    const { purpose, textId } = detail as { purpose?: string; textId?: number }
    if (action === 'consent.out' && purpose === 'all') silent.add(number)
    if (action === 'consent.in' && purpose === 'all') silent.delete(number)
    if (action === 'text.sent') expect(silent.has(number) && purposes.get(textId ?? 0) !== 'consent', `nothing after a STOP to ${client}`).toBe(false)
  }
}
