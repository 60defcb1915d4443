import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { roles } from '../../src/approvals/roles.ts'
import { CallInTheEnd, CallStep } from './call-format.ts'

/** How a play is written; `test/scenarios/README.md` explains every word of it. Anything misspelt is an error. */

const Words = z.union([z.string(), z.array(z.string())]).transform((words) => (typeof words === 'string' ? [words] : words))
/** The salon's wall clock, `2026-11-21 07:30`. */
const WallClock = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d$/, 'write it like 2026-11-21 07:30')

const expectations = {
  hears: Words.optional(),
  does_not_hear: Words.optional(),
  uses: Words.optional(),
  does_not_use: Words.optional(),
  /** Kinds of the proposals this step makes, in order; none when left out. */
  proposes: Words.optional(),
  comes_to: Words.optional(),
  remembers: z.record(z.string(), z.string()).optional(),
}

const verbs = ['says', 'approves', 'rejects', 'undoes', 'pauses', 'resumes', 'sets', 'reads', 'sees_to', 'takes_over', 'hands_back', 'allows', 'limits'] as const
const Act = z.strictObject({ who: z.string(), verb: z.enum(verbs), what: z.unknown(), because: z.string().optional(), ...expectations })
export type Act = z.infer<typeof Act>

/** `sam says: …` is an act of Sam's; whatever else stands beside it is expected of it. */
const WrittenAct = z.record(z.string(), z.unknown()).transform((step, context) => {
  const spoken = Object.keys(step).flatMap((key) => (/^\w+ \w+$/.test(key) ? [key.split(' ') as [string, string]] : []))
  const [act] = spoken
  if (act === undefined || spoken.length > 1) {
    context.addIssue({ code: 'custom', message: `a step is one "NAME VERB: …": ${JSON.stringify(step)}` })
    return z.NEVER
  }
  const [who, verb] = act
  const { [`${who} ${verb}`]: what, ...rest } = step
  const parsed = Act.safeParse({ who, verb, what, ...rest })
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) context.addIssue({ code: 'custom', path: [`${who} ${verb}`, ...issue.path], message: issue.message })
  return z.NEVER
})

const AtTheSalon = z.union([
  z.strictObject({ move: z.string(), to: WallClock }),
  z.strictObject({ cancel: z.string(), by: z.enum(['client', 'salon']) }),
  z.strictObject({ book: z.string(), service: z.string(), staff: z.string(), at: WallClock }),
])
export type AtTheSalon = z.infer<typeof AtTheSalon>

/**
 * A client's text, from their own number or from `number`; what they hear is every text to that number that it leads to.
 * `delivered`: so often, at once, as a text service does that lost our answer.
 */
const ClientText = z.strictObject({
  client: z.string().optional(), number: z.string().regex(/^\+\d+$/).optional(), texts: z.string(), with_a_picture: z.literal(true).optional(), delivered: z.int().min(2).max(5).optional(),
  hears: Words.optional(), does_not_hear: Words.optional(), hears_nothing: z.literal(true).optional(), comes_to: Words.optional(),
  /** Kinds of the proposals that it makes, in order; none when left out. */
  proposes: Words.optional(),
})
export type ClientText = z.infer<typeof ClientText>

/** What the desk does by itself every minute; `proposes`: the kinds of proposals that it makes, none when left out. */
const Work = z.strictObject({ the_desk_works: z.literal(true), proposes: Words.optional() })
export type Work = z.infer<typeof Work>

const Step = z.union([
  ClientText,
  CallStep,
  Work,
  /** The booking system stops answering, and answers again. */
  z.strictObject({ the_platform_is: z.enum(['away', 'back']) }),
  z.strictObject({ clock: WallClock }),
  z.strictObject({ minutes_pass: z.number().positive() }),
  z.strictObject({ restart: z.literal(true) }),
  z.strictObject({ at_the_salon: AtTheSalon }),
  z.strictObject({ at_once: z.array(z.union([ClientText, CallStep, WrittenAct])).min(2), come_to: Words.optional() }),
  WrittenAct,
])
export type Step = z.infer<typeof Step>

const ModelAnswer = z.union([
  z.strictObject({ says: z.string() }),
  z.strictObject({ calls: z.array(z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()) })) }),
  z.strictObject({ fails: z.number() }),
])
export type ModelAnswer = z.infer<typeof ModelAnswer>

const Visit = z.strictObject({ at: WallClock, staff: z.string(), service: z.string(), status: z.string() })

export const Play = z.strictObject({
  play: z.string(),
  /** What it is about, for the reader. */
  about: z.string(),
  pending: z.string().optional(),
  salon: z.enum(['tiny', 'demo']),
  clock: WallClock,
  people: z.record(z.string(), z.strictObject({ role: z.enum(roles), manner: z.string() })),
  /** Texts are connected: every client has a phone. `twilio`: the phone company answers its keywords by itself, and blocks numbers. */
  phones: z.union([z.literal(true), z.literal('twilio')]).optional(),
  /** Somebody's phone can be rung when a caller wants a person; calls are recorded; the desk has a public address. */
  desk_phone: z.literal(true).optional(),
  recording: z.literal(true).optional(),
  public_url: z.literal(true).optional(),
  language_model: z.array(ModelAnswer).min(1).optional(),
  salon_also_has: z.strictObject({
    /** Opens and works longer than the tiny salon does, every day. */
    hours: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    clients: z.array(z.strictObject({ id: z.string(), first: z.string(), last: z.string(), phone: z.string().optional(), note: z.string().optional(), shares_the_number_of: z.string().optional(), language: z.string().optional() })).default([]),
    appointments: z.array(z.strictObject({ id: z.string(), client: z.string(), at: WallClock, staff: z.string(), service: z.string() })).default([]),
    /** Waiting besides whoever waits in the salon anyway, in this order behind them; `instead_of`: the visit they would give up. */
    waitlist: z.array(z.strictObject({ id: z.string(), client: z.string(), service: z.string(), staff: z.string().optional(), from: WallClock.optional(), to: WallClock.optional(), instead_of: z.string().optional() })).default([]),
  }).prefault({}),
  steps: z.array(Step).min(1),
  in_the_end: z.strictObject({
    changed: z.array(z.string()).default([]),
    appointments: z.record(z.string(), Visit.partial().extend({ instant: z.string().optional() })).default({}),
    new_appointments: z.array(Visit.extend({ client: z.string() })).default([]),
    waitlist: z.record(z.string(), z.string()).default({}),
    /** Who is on the waitlist now and was not before; `wanted`: from and to on the wall clock, none for any time. */
    new_waitlist: z.array(z.strictObject({ client: z.string(), service: z.string(), staff: z.string().optional(), instead_of: z.string().optional(), wanted: z.array(z.string()).default([]), status: z.string().default('waiting') })).default([]),
    notes: z.record(z.string(), z.array(z.string())).default({}),
    calls: z.array(z.string()).default([]),
    proposals: z.record(z.string(), z.number()).default({}),
    outbox: z.record(z.string(), z.number()).default({}),
    /** With phones: what each client was sent, in order, and nobody else. */
    texts: z.record(z.string(), z.array(z.string())).default({}),
    /** By the name of the caller, everybody who called; of several calls the last. */
    phone_calls: z.record(z.string(), CallInTheEnd).default({}),
    waits_for_a_person: z.array(z.string()).default([]),
    opted_out: z.array(z.string()).default([]),
    audit: z.array(z.string()).default([]),
  }).prefault({}),
  never: z.strictObject({
    hears: Words.default([]),
    uses: Words.default([]),
    proposes: Words.default([]),
    changes: Words.default([]),
    audit: Words.default([]),
    model_sees: Words.default([]),
  }).prefault({}),
})
export type Play = z.infer<typeof Play>

/** The plays of a folder whose file name is one that is wanted, in the order of their names; throws with the file's name when one cannot be read. */
export function readPlays(dir: string, isWanted: (name: string) => boolean): Play[] {
  return readdirSync(dir).filter((name) => name.endsWith('.yaml') && isWanted(name)).toSorted().map((name) => {
    const parsed = Play.safeParse(parse(readFileSync(join(dir, name), 'utf8')))
    if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`)
    return parsed.data
  })
}
