import { join } from 'node:path'
import { errorFields } from '../../../logger.ts'
import { unwrap } from '../../../platforms/unwrap.ts'
import type { Desk } from '../../../app.ts'
import { morningList, startDesk, type RunningDesk } from '../../../start-desk.ts'
import { renderCallList } from '../render-call-list.ts'
import { sayAge } from '../say-age.ts'
import type { Terminal } from '../terminal.ts'
import { ensureBook, withDesk } from '../with-desk.ts'
import { prepareAside } from './prepare.ts'

/** `desk start`: everything, until it is told to stop. The port is taken first, so that a second desk stops at once and has changed nothing. */
export async function start({ terminal }: { terminal: Terminal }): Promise<void> {
  const stopping = new AbortController()
  const stopped = terminal.stopped().then(() => stopping.abort())
  await withDesk({ terminal, needsBook: false, stopsItself: true }, async (desk) => {
    const { logger } = desk
    const running = await startDesk({ desk })
    try {
      if (!(await desk.bookIsReady())) await prepareAside({ what: 'book', signal: stopping.signal })
      await ensureBook({ desk, terminal })
      const settled = await desk.approvals.catchUp()
      if (settled > 0) logger.info({ settled }, 'finished what was under way')
      const list = await morningList(desk)
      await running.work()
      await sayAge({ terminal, desk })
      terminal.out(renderCallList(list, { columns: terminal.columns, colour: terminal.colour }))
      for (const line of await whereItIs({ desk, running })) terminal.out(line)
      logger.info({ url: running.url }, 'desk started')
      // The first chat would otherwise wait while policies are indexed and the reader of requests is fitted, once.
      const prepared = prepareAside({ what: 'chat', signal: stopping.signal }).then((ready) => logger.info({ ready }, 'prepared for the first chat'))
      await stopped
      terminal.err('Stopping …')
      await prepared
    } finally {
      logger.info({}, 'desk stopping')
      await running.close().catch((error: unknown) => logger.error(errorFields(error), 'could not stop everything'))
    }
  })
}

/** Where a person finds the desk now. */
async function whereItIs({ desk: { config, platform }, running }: { desk: Desk; running: RunningDesk }): Promise<string[]> {
  const { demo } = unwrap(await platform.catalog()).business
  return [
    `\nThe desk is up. ${demo ? 'Open it in a browser on this machine:' : 'Sign in on its page with this link, once, within 15 minutes:'}`,
    `  ${demo ? `${running.url}/` : await running.ownerLink()}`,
    `Slack: ${sayHowSlack(config)}.`,
    `Its health: ${running.url}/healthz`,
    `Its log: ${join(config.home, 'desk.log')}`,
    'In another terminal: npm run -s desk -- chat.  Ctrl-C here stops everything.',
  ]
}

function sayHowSlack({ slack, publicUrl }: Desk['config']): string {
  if (slack === undefined) return 'not connected (see "Connect Slack" in the README)'
  return slack.appToken === undefined ? `listens at ${publicUrl ?? 'PUBLIC_URL (not set)'}/slack/events` : 'connects by Socket Mode'
}
