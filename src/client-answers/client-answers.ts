import { z } from 'zod'
import type { Answered, Question, Reply, TalkHandler } from '../messages/messages.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Policies } from '../policies/open-policies.ts'
import { DeskError } from '../salon/errors.ts'
import { gsmLength, toGsm } from '../salon/gsm-text.ts'
import { languages } from '../salon/say-value.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { readSetting } from '../store/settings.ts'
import { type Own, readOwn } from './own-visit.ts'
import { facts, namesDay, readQuestion } from './read-question.ts'
import { sayFact, type Words } from './say-fact.ts'

/** What a salon lets the desk tell clients by text. */
const Settings = z.object({
  facts: z.array(z.enum(facts)),
  policies: z.boolean(),
  /** Whether a client hears that a question was passed on to the front desk. */
  passedOn: z.boolean(),
})
const usual: z.infer<typeof Settings> = { facts: [...facts], policies: true, passedOn: false }

type Room = { store: Store; clock: Clock; platform: BookingPlatform; policies: () => Promise<Pick<Policies, 'forClients'>> }

/** With the salon's name before them, two plain SMS hold so many characters. */
const mostCharacters = 270
/** Whatever else is asked, these are a person's. */
const forPeople: ReadonlySet<string> = new Set(['health', 'complaint', 'human', 'wrong_person', 'cancel', 'late', 'unclear'])

/**
 * Answers clients' questions by text from two things only: their own booking, and what the salon wrote for clients. All
 * that is asked is answered, or nothing is and a person gets it. There is no tool and no model in it that could be talked
 * into anything: a question only ever picks among the salon's own words.
 */
export function clientAnswers(room: Room): TalkHandler {
  return {
    name: 'client_answers',
    takes: ['question'],
    async take({ reply, question }): Promise<Answered | undefined> {
      const { sure, questions, parts } = reply.reading
      if (!sure || questions.length === 0) return undefined
      if (parts.some(({ intent }) => forPeople.has(intent))) return undefined
      try {
        return await answer(room, { reply, question: question?.clientId === reply.clientId ? question : undefined })
      } catch (error) {
        if (error instanceof DeskError) return { did: 'handed_over', why: error.code }
        throw error
      }
    },
  }
}

async function answer(room: Room, { reply, question }: { reply: Reply; question: Question | undefined }): Promise<Answered> {
  const now = room.clock.now()
  const own = await readOwn({ platform: room.platform, reply, question, now })
  const locationId = own.location?.id ?? own.catalog.locations[0]?.id ?? ''
  const settings = { ...usual, ...(await readSetting(room.store.db, { name: 'answers_by_text', scope: locationId, schema: Settings.partial(), fallback: {} })) }
  const answers: ({ from: 'own' | 'policy'; words: Words } | undefined)[] = []
  for (const asked of reply.reading.questions) answers.push((settings.facts.length > 0 ? ownAnswer({ asked, own, reply, settings, now }) : undefined) ?? (settings.policies ? await policyAnswer(room, asked) : undefined))
  const known = answers.filter((each) => each !== undefined)
  const words = joined(known.map((each) => each.words))
  if (known.length < answers.length || words === undefined) return { did: 'handed_over', why: 'question', ...(settings.passedOn ? { say: { template: 'passed-on', values: {}, locationId } } : {}) }
  return { did: 'answered', say: { template: known.every(({ from }) => from === 'own') ? 'answer-own' : 'answer-policy', values: { answer: { words } }, locationId, ...(own.visit === undefined ? {} : { appointmentId: own.visit.appointment.id }) } }
}

function ownAnswer({ asked, own, reply, settings, now }: { asked: string; own: Own; reply: Reply; settings: z.infer<typeof Settings>; now: string }): { from: 'own'; words: Words } | undefined {
  const fact = readQuestion(asked)
  if (fact === undefined || !settings.facts.includes(fact)) return undefined
  const dates = (reply.reading.when?.dates ?? []).filter(({ from, to }) => from === to)
  const [date] = dates.length === 1 ? dates : []
  // "What time do you close Sunday?" is not answered with another day's hours.
  if (fact === 'hours' && date === undefined && namesDay(asked)) return undefined
  const words = sayFact(fact, { own, now, date: date?.from })
  return words === undefined ? undefined : { from: 'own', words }
}

async function policyAnswer({ policies }: Room, asked: string): Promise<{ from: 'policy'; words: Words } | undefined> {
  const section = await (await policies()).forClients(asked)
  if (section === undefined) return undefined
  const { en, es = en, fr = en } = section.clients
  return { from: 'policy', words: { en, es, fr } }
}

/** All answers in a row, each once; undefined where that is more than two SMS hold. */
function joined(answers: Words[]): Words | undefined {
  const [en, es, fr] = languages.map((language) => [...new Set(answers.map((each) => each[language]))].join(' ')) as [string, string, string]
  return en === '' || [en, es, fr].some((text) => (gsmLength(toGsm(text)) ?? 0) > mostCharacters) ? undefined : { en, es, fr }
}
