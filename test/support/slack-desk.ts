import type { Agent, Turn, TurnRequest } from '../../src/agent/agent.ts'
import { openSlack, type Slack } from '../../src/channels/slack/open-slack.ts'
import type { SlackSettings } from '../../src/config.ts'
import type { Logger } from '../../src/logger.ts'
import { type CardsDesk, type CardsInstance, openCardsDesk } from './cards-desk.ts'
import { type FakeSlack, openFakeSlack } from './fake-slack.ts'
import { click, openSlackSender, signingSecret, type SlackSender } from './slack-events.ts'

export const maya = 'U0MAYA001'
export const olga = 'U0OLGA001'
export const deskChannel = 'C0DESK001'

/** One running copy of the desk in Slack, with Slack's requests coming to it over HTTP. */
type SlackInstance = CardsInstance & { slack: Slack; send: SlackSender['send'] }

export type SlackDesk = SlackInstance & {
  clock: CardsDesk['clock']
  fake: FakeSlack
  /** Turns that were asked for, in order. */
  turns: TurnRequest[]
  /** What the agent answers next; until then it repeats what it heard. */
  agent: { answer: (request: TurnRequest) => Promise<Partial<Turn>> }
  /** What is heard in recordings; until then their bytes, as text. */
  ears: { hear: (recording: Uint8Array) => Promise<{ text: string }> }
  /** Every line of the log, as JSON. */
  logged: string[]
  /** Another copy on the same database and the same Slack, as after a restart. */
  second(settings?: Partial<SlackSettings>): Promise<SlackInstance>
  /** Works and delivers until nothing is left, as the running desk does by itself. */
  settle(instance?: SlackInstance): Promise<void>
  /** The words of every message in a channel. */
  said(channel: string): string[]
  /** What only this person was told. */
  whispered(user: string): string[]
  /** A click on the button of a posted card, as Slack would send it. */
  clickOn(card: { channel: string; action: string; user: string; subject?: string }): Record<string, unknown>
  close(): Promise<void>
}

/** The tiny salon in a Slack of its own: Maya at the front desk and Olga, who owns it; `#desk` with the desk in it. */
export async function openSlackDesk(given: { streams?: boolean } = {}): Promise<SlackDesk> {
  const desk = await openCardsDesk()
  const { clock } = desk
  const fake = await openFakeSlack({ clock })
  fake.addUser({ id: maya, name: 'Maya' })
  fake.addUser({ id: olga, name: 'Olga' })
  fake.addUser({ id: 'U0NOBODY1', name: 'Nobody' })
  fake.addGroup({ id: 'S0FRONT01', handle: 'front-desk', users: [maya] })
  fake.addChannel({ id: deskChannel, name: 'desk', members: [maya, olga, 'U0NOBODY1'] })
  for (const user of [maya, olga, 'U0NOBODY1']) fake.openDm(user)

  const turns: TurnRequest[] = []
  const agent: SlackDesk['agent'] = { answer: async ({ text }) => ({ prose: `You said: ${text}` }) }
  const ears: SlackDesk['ears'] = { hear: async (recording) => ({ text: Buffer.from(recording).toString('utf8') }) }
  const logged: string[] = []
  const log = (fields: Record<string, unknown>, message: string): void => { logged.push(JSON.stringify({ ...fields, message })) }
  const logger: Logger = { info: log, warn: log, error: log }
  const asAgent: Agent = { async turn(request) {
    turns.push(request)
    const { text } = request
    return { text, reply: '', prose: '', toolCalls: [], proposals: [], brain: 'embedded', notes: [], ...await agent.answer(request) }
  } }
  const closing: (() => Promise<void>)[] = []
  const open = async (instance: CardsInstance, more: Partial<SlackSettings> = {}): Promise<SlackInstance> => {
    const { store, cards, approvals, platform } = instance
    const slack = openSlack({
      settings: { botToken: fake.token, appToken: undefined, signingSecret, apiUrl: fake.url, channel: undefined, roles: { frontDesk: ['S0FRONT01'], managers: [], owners: [olga] }, ...more },
      store, clock, logger, cards, agent: async () => asAgent, approvals, platform, dayPicture: async () => new Uint8Array([1]), streams: given.streams ?? false,
      hear: (recording) => ears.hear(recording),
      signInLink: async ({ id }) => `https://desk.example/sign-in?token=${id}`,
    })
    const sender = await openSlackSender({ receive: (request) => slack.receive(request), clock })
    closing.push(() => sender.close())
    return { ...instance, slack, send: (body, options) => sender.send(body, options) }
  }
  const first = await open(desk)
  const plain = (message: { text: string; blocks?: unknown[] }): string => `${message.text}\n${wordsIn(message.blocks)}`.replaceAll('\u2060', '')
  return {
    ...first, clock, fake, turns, agent, ears, logged,
    second: (settings) => open(desk.another(), settings),
    async settle(instance = first) {
      for (let round = 0; round < 40; round++) {
        if (await instance.slack.work() + await instance.slack.deliver() > 0) continue
        // Slack takes one message a second and channel: what waits for that is waited for on the test's clock.
        const waiting = await instance.store.db.selectFrom('outbox').select('id').where('kind', 'like', 'slack.%').where('state', 'in', ['PENDING', 'UNKNOWN']).executeTakeFirst()
        if (waiting === undefined) return
        clock.advance(1 / 60)
      }
      throw new Error('it never settles')
    },
    said: (channel) => fake.messages(channel).map(plain),
    whispered: (user) => fake.ephemerals.filter((one) => one.user === user).map(plain),
    clickOn({ channel, action, user, subject }) {
      const message = fake.messages(channel).findLast(({ blocks, metadata }) => (subject === undefined || JSON.stringify([blocks, metadata]).includes(subject)) && buttonIn(blocks, action) !== undefined)
      const button = buttonIn(message?.blocks, action)
      if (message === undefined || button === undefined) throw new Error(`no button ${action} in ${channel}: ${JSON.stringify(fake.messages(channel).map(({ blocks }) => blocks))}`)
      return click({
        user, channel, actionId: button.action_id, value: button.value, blockId: button.block_id, triggerId: fake.newTrigger(user), responseUrl: fake.newResponseUrl({ channel, ts: message.ts, userId: user }),
        message: { ts: message.ts, ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }), ...(message.metadata === undefined ? {} : { metadata: message.metadata }) },
      })
    },
    async close() {
      for (const close of closing) await close()
      await fake.close()
      await desk.close()
    },
  }
}

type DrawnButton = { action_id: string; value: string; block_id: string }

/** The button of this action in drawn blocks. */
export function buttonIn(blocks: unknown, action: string): DrawnButton | undefined {
  for (const block of Array.isArray(blocks) ? blocks as { block_id?: string; elements?: DrawnButton[] }[] : []) {
    const found = block.elements?.find((one) => typeof one.action_id === 'string' && one.action_id.split('#')[0] === action)
    if (found !== undefined) return { ...found, block_id: block.block_id ?? '' }
  }
  return undefined
}

/** Every text in drawn blocks. */
export function wordsIn(drawn: unknown): string {
  if (Array.isArray(drawn)) return drawn.map(wordsIn).filter((words) => words !== '').join(' ')
  if (typeof drawn !== 'object' || drawn === null) return ''
  return Object.entries(drawn).map(([name, inner]) => (name === 'text' && typeof inner === 'string' ? inner : wordsIn(inner))).filter((words) => words !== '').join(' ').replaceAll('\u2060', '')
}

