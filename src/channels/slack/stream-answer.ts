import { z } from 'zod'
import type { AgentEvent } from '../../agent/agent.ts'
import type { Ask } from './ask.ts'
import { literal } from './blocks/escape.ts'

/** What a person sees while a turn runs: what is being looked up, then a language model's words as they come. */
export type LiveAnswer = {
  onEvent: (event: AgentEvent) => void
  /** Ends the stream and answers its message's ts; undefined when nothing streamed. To be called once, whatever came of the turn. */
  end(): Promise<string | undefined>
}

/** Characters that are sent at once; Slack counts calls, not letters. */
const chunk = 256
/** What is longer comes whole at the end. */
const mostStreamed = 8_000

const Started = z.object({ ts: z.string() })

/**
 * Shows a turn as it goes. Calls go out one after another; a status nobody has seen yet gives way to the next. Where Slack
 * does not stream, the answer comes as one message at the end. `onStopped` hears that somebody stopped the stream.
 */
export function showLive({ ask, channel, threadTs, recipient, streams, onStarted, onStopped }: {
  ask: Ask
  channel: string
  threadTs: string
  recipient: { userId: string; teamId: string }
  streams: boolean
  /** Keeps the ts of the message that streams, before more is written to it. */
  onStarted: (ts: string) => Promise<void>
  onStopped: () => void
}): LiveAnswer {
  let status: string | undefined
  let waiting = ''
  let sent = 0
  let ts: string | undefined
  let state: 'quiet' | 'streaming' | 'off' = streams ? 'quiet' : 'off'
  let working: Promise<void> | undefined
  let began = false

  /** Slack shows its stop button, which sends `agent_session_stopped`, only while the session is `processing`, and never ends that by itself (docs.slack.dev/ai/agent-sessions). */
  const session = (now: 'processing' | 'active') => ask('agents.sessions.setStatus', { channel_id: channel, thread_ts: threadTs, status: now }, { channel })

  const start = async (text: string): Promise<void> => {
    const answer = await ask('chat.startStream', { channel, thread_ts: threadTs, recipient_user_id: recipient.userId, recipient_team_id: recipient.teamId, markdown_text: markdown(text) }, { channel })
    const started = answer.ok ? Started.safeParse(answer.data) : undefined
    state = started?.success === true ? 'streaming' : 'off'
    if (started?.success !== true) return
    ts = started.data.ts
    await onStarted(ts)
  }
  const append = async (text: string): Promise<void> => {
    const answer = await ask('chat.appendStream', { channel, ts, markdown_text: markdown(text) }, { channel })
    if (sent >= mostStreamed) state = 'off'
    if (answer.ok) return
    state = 'off'
    if (answer.error === 'message_not_in_streaming_state') onStopped()
  }
  const step = async (): Promise<void> => {
    while (true) {
      if (state === 'quiet' && /\S\s/.test(waiting)) await start(take())
      else if (state === 'streaming' && waiting.length >= chunk && /\S\s/.test(waiting)) await append(take())
      else if (status !== undefined) {
        const text = status
        status = undefined
        // Slack puts the desk's name before it; the first words take it away by themselves.
        if (ts === undefined) await ask('assistant.threads.setStatus', { channel_id: channel, thread_ts: threadTs, status: `is ${text}`.slice(0, 100) }, { channel })
        if (!began) {
          began = true
          await session('processing')
        }
      } else return
    }
  }
  /** Whole words only: half an address would not be recognised as one, and become a link. */
  const take = (): string => {
    const end = waiting.search(/\s\S*$/) + 1
    const text = waiting.slice(0, end)
    waiting = waiting.slice(end)
    sent += text.length
    return text
  }
  const kick = (): void => {
    working ??= step().catch(() => { state = 'off' }).finally(() => { working = undefined })
  }
  return {
    onEvent(event) {
      if (event.kind === 'status') status = event.text
      else if (state !== 'off') waiting += event.text
      kick()
    },
    async end() {
      while (working !== undefined) await working
      // The whole answer, as it ended, replaces what streamed.
      if (ts !== undefined) await ask('chat.stopStream', { channel, ts }, { channel })
      if (began) await session('active')
      return ts
    },
  }
}

/** A language model's words as plain words: nothing in them formats, links or mentions (SLK-7). */
function markdown(text: string): string {
  return literal(text).replace(/[\\`*_~[\]()#>|!]/g, '\\$&') || ' '
}
