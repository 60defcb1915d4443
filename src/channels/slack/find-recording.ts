import { z } from 'zod'
import { longestSeconds } from '../../speech/sound.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Answered } from './ask.ts'
import { goneWords, mostBytes, tooLarge } from './download-file.ts'
import type { SlackEvent } from './slack-body.ts'
import type { SlackRoom } from './slack-room.ts'

/** What Slack knows of a file ("File object", docs.slack.dev). `transcription` comes a few seconds after a clip, where Slack makes one. */
const Recording = z.object({
  id: z.string(),
  mode: z.string().optional(),
  is_external: z.boolean().optional(),
  size: z.number().optional(),
  duration_ms: z.number().optional(),
  url_private_download: z.string().optional(),
  transcription: z.object({ status: z.string().optional(), preview: z.object({ content: z.string().optional(), has_more: z.boolean().optional() }).optional() }).optional().catch(undefined),
})
export type Recording = z.infer<typeof Recording> & { url: string }

/** The ids of sound in a message. Slack calls its own clips `slack_audio`, whatever kind of file they say they are. */
export function recordingsIn({ files = [] }: SlackEvent): string[] {
  return files.filter(({ mimetype, subtype }) => subtype === 'slack_audio' || mimetype?.startsWith('audio/') === true).map(({ id }) => id)
}

/**
 * Asks Slack where a recording is, and whether it is one to listen to. Throws `DeskError`: `unavailable` when Slack does not
 * answer, else with words for whoever spoke.
 */
export async function findRecording({ ask }: Pick<SlackRoom, 'ask'>, id: string): Promise<Recording> {
  const answer = await ask('files.info', { file: id })
  if (!answer.ok) throw refusal(answer.error)
  const parsed = Recording.safeParse(answer.data.file)
  if (!parsed.success) throw new DeskError('unavailable', { message: 'files.info cannot be read' })
  const { mode, is_external: isExternal, size = 0, duration_ms: lengthMs = 0, url_private_download: url } = parsed.data
  if (mode === 'tombstone') throw gone()
  if (mode === 'hidden_by_limit') throw new DeskError('not_found', { message: 'a recording beyond the plan\'s limit', userMessage: 'Slack hides this recording: it is older than your plan keeps. Record it again, or type.' })
  if (isExternal === true || url === undefined) throw new DeskError('not_allowed', { message: 'a recording outside Slack', userMessage: 'This recording is kept outside Slack, and I look nowhere else. Record it in Slack, or type.' })
  if (size > mostBytes) throw tooLarge()
  if (lengthMs > longestSeconds * 1_000) throw new DeskError('invalid_input', { message: 'a recording above two minutes', userMessage: 'This recording is too long: at most two minutes.' })
  return { ...parsed.data, url }
}

function refusal(code: (Answered & { ok: false })['error']): DeskError {
  if (code === 'missing_scope') return new DeskError('config', { message: 'files.info: missing_scope', userMessage: 'I may not listen to recordings yet: the Slack app lacks the permission files:read. Whoever set me up can paste manifest.yml into the app\'s "App Manifest" page and install it again. Until then, please type.' })
  if (code === 'file_deleted' || code === 'file_not_found') return gone()
  if (code === 'access_denied' || code === 'not_visible' || code === 'no_permission') return new DeskError('not_allowed', { message: `files.info: ${code}`, userMessage: 'Slack did not let me have this recording. Send it to me directly, or type.' })
  return new DeskError('unavailable', { message: `files.info: ${code}` })
}

function gone(): DeskError {
  return new DeskError('not_found', { message: 'a recording is gone', userMessage: goneWords })
}
