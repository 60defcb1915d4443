import { z } from 'zod'
import type { Person } from '../../approvals/roles.ts'
import { errorFields } from '../../logger.ts'
import { wordsFor } from '../../salon/errors.ts'
import { appendAudit } from '../../store/audit.ts'
import { rememberPerson } from '../../store/people.ts'
import type { Form, PressAnswer } from '../cards/card.ts'
import { actionOf } from './blocks/elements.ts'
import { renderForm } from './blocks/render-form.ts'
import type { Request } from './bolt-app.ts'
import { readForm } from './read-form.ts'
import { openDialog, type Place, reply, replyWithView } from './reply.ts'
import type { PressBody, SubmissionBody } from './slack-body.ts'
import type { SlackRoom } from './slack-room.ts'

/** What a form brings back: what it is for, and where it was opened. */
const Carried = z.object({ action: z.string(), token: z.string(), channel: z.string().optional(), threadTs: z.string().optional() })

/** Buttons that change nothing: for these a role of the last minutes will do. */
const onlyShows = /^(show|refresh|feedback:\w+)$/

/** A click on a button: who is it now, what does it do, and an answer in any case. */
export async function handlePress(room: SlackRoom, { key, at, body }: Request & { body: PressBody }): Promise<void> {
  const [clicked] = body.actions
  const token = clicked?.value ?? clicked?.selected_option?.value
  // A button that only opens an address asks nothing of us.
  if (clicked === undefined || token === undefined) return
  const place = placeOf(body, at)
  const action = actionOf(clicked.action_id)
  const person = await whoPresses({ room, place, action, subject: clicked.block_id ?? '', fresh: !onlyShows.test(action) })
  if (person === undefined) return
  const message = place.channel === undefined || body.message === undefined ? undefined : { channel: place.channel, ts: body.message.ts, metadata: body.message.metadata }
  const recognised = message === undefined ? undefined : await room.poster.recognise(message)
  const answer = await press({ room, given: { action, token, person, requestId: `slack:${key}` } })
  await Promise.all([
    tell({ room, place, answer }),
    ...(message === undefined || answer.kind !== 'said' ? [] : [room.poster.settleClick({ ...message, ...(recognised?.kind === 'foreign' ? { subject: clicked.block_id } : {}) })]),
  ])
  if (body.view?.type === 'home') await room.homes.draw({ userId: body.user.id })
}

/** A filled-in form. What is wrong with it that only the book can tell comes too late for the open dialog: it is opened again. */
export async function handleSubmission(room: SlackRoom, { key, at, body }: Request & { body: SubmissionBody }, ask: (asked: { person: Person; place: Place; text: string; key: string }) => Promise<void>): Promise<void> {
  const carried = readCarried(body.view.private_metadata)
  if (carried === undefined) return
  const { action, token, channel, threadTs } = carried
  // A form that was opened on top of another dialog leaves that one behind, and what follows goes on top of it again.
  const place: Place = { userId: body.user.id, at, channel, threadTs, triggerId: body.trigger_id, inDialog: (body.view.previous_view_id ?? '') !== '' }
  const person = await whoPresses({ room, place, action, subject: '', fresh: true })
  if (person === undefined) return
  const values = readForm(body.view.state.values)
  if (action === askAction) return ask({ person, place, text: values['question'] ?? '', key })
  const answer = await press({ room, given: { action, token, person, values, requestId: `slack:${key}` } })
  if (answer.kind !== 'wrong') return tell({ room, place, answer })
  const again = await press({ room, given: { action, token, person, requestId: `slack:${key}:again` } })
  const problems = Object.values(answer.errors)
  if (again.kind === 'form' && await openForm({ room, place, form: withProblems({ form: again.form, values, problems }), carried })) return
  await reply({ room, place, text: `That did not go through: ${problems.join(' ')} Press the button again.` })
}

/** The form behind the shortcut "Ask the desk". */
const askAction = 'slack:ask'
export const askForm: Form = { action: askAction, token: '-', title: 'Ask the desk', submit: 'Ask', intro: [], fields: [{ name: 'question', kind: 'text', lines: 'many', max: 2_000, label: 'What do you need?', hint: 'The answer comes in our direct messages.' }] }

/** Opens a form; answers whether there still was time. */
export function openForm({ room, place, form, carried }: { room: SlackRoom; place: Place; form: Form; carried?: { channel?: string | undefined; threadTs?: string | undefined } }): Promise<boolean> {
  const { channel = place.channel, threadTs = place.threadTs } = carried ?? {}
  return openDialog({ room, place, view: renderForm(form, JSON.stringify({ action: form.action, token: form.token, channel, threadTs } satisfies z.infer<typeof Carried>)) })
}

/** The person with the role of this moment; undefined when there is none, and then they have been told why. */
async function whoPresses({ room, place, action, subject, fresh }: { room: SlackRoom; place: Place; action: string; subject: string; fresh: boolean }): Promise<Person | undefined> {
  const known = await room.roles.whoIs(place.userId, { fresh })
  if (known.kind === 'person') {
    await rememberPerson(room.store.db, { person: known.person, now: room.clock.now() })
    return known.person
  }
  // A block of ours is named after its card's subject; anything else must not become one.
  const about = /^proposal:P-\w{6}$/.exec(subject.replace(/\+\d+$/, ''))?.[0] ?? 'slack'
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: `slack:${place.userId}`, action: 'press.refused', subject: about, detail: { wanted: action, why: known.kind } }))
  await reply({ room, place, text: known.kind === 'nobody' ? `${known.why} Nothing was changed.` : known.why })
  return undefined
}

/** Presses, and has an answer even when the desk itself fails; then the log has the reason. */
async function press({ room, given }: { room: SlackRoom; given: Parameters<SlackRoom['cards']['press']>[0] }): Promise<PressAnswer> {
  try {
    return await room.cards.press(given)
  } catch (error) {
    room.logger.error({ ...errorFields(error), action: given.action }, 'a press failed')
    return { kind: 'said', text: wordsFor(error), good: false, subjects: [] }
  }
}

async function tell({ room, place, answer }: { room: SlackRoom; place: Place; answer: PressAnswer }): Promise<void> {
  switch (answer.kind) {
    case 'said':
      await Promise.all([reply({ room, place, text: answer.text }), room.poster.refresh(answer.subjects)])
      if (answer.subjects.includes('home')) await room.homes.draw({ userId: place.userId, onlyIfOpen: true })
      return
    case 'form':
      if (await openForm({ room, place, form: answer.form })) return
      return reply({ room, place, text: 'That took a moment too long to open the form. Press the button again.' })
    case 'wrong':
      return reply({ room, place, text: Object.values(answer.errors).join(' ') })
    case 'view':
      return replyWithView({ room, place, view: answer.view })
  }
}

function placeOf({ user, channel, container, message, view, response_url, trigger_id }: PressBody, at: string): Place {
  const carried = readCarried(view?.private_metadata)
  return {
    userId: user.id, at, responseUrl: response_url, triggerId: trigger_id, inDialog: view?.type === 'modal',
    channel: channel?.id ?? container?.channel_id ?? carried?.channel,
    threadTs: message?.thread_ts ?? container?.thread_ts ?? carried?.threadTs,
  }
}

function readCarried(metadata: string | undefined): z.infer<typeof Carried> | undefined {
  try {
    const parsed = Carried.safeParse(JSON.parse(metadata ?? ''))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

function withProblems({ form, values, problems }: { form: Form; values: Record<string, string>; problems: string[] }): Form {
  return {
    ...form,
    intro: [{ kind: 'notice', text: problems.join(' ') }, ...form.intro],
    fields: form.fields.map((field) => {
      const given = values[field.name]
      if (given === undefined || given === '') return field
      return field.kind === 'number' ? { ...field, value: Number(given) } : { ...field, value: given }
    }),
  }
}
