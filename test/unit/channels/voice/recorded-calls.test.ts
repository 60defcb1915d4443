import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Heard, TurnAnswer } from '../../../../src/phone/phone.ts'
import { relayCall } from '../../../support/relay-call.ts'
import { say, scriptedPhone } from '../../../support/scripted-phone.ts'
import { stepScheduler } from '../../../support/step-scheduler.ts'

/** A line of a recorded call: what the salon's side answers (`begin`, `turn`), what Twilio sends, how long nothing comes, and what must have been sent or told by then. */
type Line = { begin: TurnAnswer } | { turn: { heard: Heard; says?: string[]; answer: TurnAnswer } } | { in: Record<string, unknown> } | { wait: number } | { out: unknown } | { interrupted: string }

const folder = join(import.meta.dirname, '../../../data/voice/calls')

test.each(readdirSync(folder).toSorted())('a recorded call goes again as it went: %s', async (name) => {
  const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Line)
  const script = lines.flatMap((line) => ('turn' in line ? [line.turn] : []))
  const phone = scriptedPhone(...script.map(({ says = [], answer }) => ({ say: now }: { say: (piece: ReturnType<typeof say>) => void }) => {
    for (const words of says) now(say(words))
    return answer
  }))
  const scheduler = stepScheduler()
  const call = relayCall({ phone, scheduler })
  for (const line of lines) if ('begin' in line) phone.begins = () => line.begin
  await call.setup()
  let seen = 0
  for (const line of lines) {
    if ('in' in line) await call.put(line.in)
    if ('wait' in line) await scheduler.advance(line.wait)
    if ('out' in line) expect(call.sent[seen++]).toEqual(line.out)
    if ('interrupted' in line) expect(phone.told.findLast(({ kind }) => kind === 'interrupted')).toEqual({ kind: 'interrupted', heard: line.interrupted })
  }
  expect(call.sent).toHaveLength(seen)
  expect(phone.asked.map(({ heard }) => heard)).toEqual(script.map(({ heard }) => heard))
})
