import { join } from 'node:path'
import { buildCallList } from '../../../calls/build-call-list.ts'
import { keepCallEffect } from '../../../calls/call-effect.ts'
import { recordScores } from '../../../calls/record-scores.ts'
import { errorFields } from '../../../logger.ts'
import { unwrap } from '../../../platforms/unwrap.ts'
import { isPaused } from '../../../approvals/rollout.ts'
import { openJobs } from '../../../store/jobs.ts'
import { listen, webApp } from '../../web/web-server.ts'
import type { Desk } from '../../../app.ts'
import { renderCallList } from '../render-call-list.ts'
import type { Terminal } from '../terminal.ts'
import { ensureBook, withDesk } from '../with-desk.ts'
import { prepareAside } from './prepare.ts'

/** `desk start`: everything, until it is told to stop. The port is taken first, so that a second desk stops at once and has changed nothing. */
export async function start({ terminal }: { terminal: Terminal }): Promise<void> {
  const stopping = new AbortController()
  const stopped = terminal.stopped().then(() => stopping.abort())
  await withDesk({ terminal, needsBook: false, stopsItself: true }, async (desk) => {
    const { config, logger } = desk
    const web = await listen({ app: webApp(webDesk(desk)), host: config.host, port: config.port })
    try {
      if (!(await desk.bookIsReady())) await prepareAside({ what: 'book', signal: stopping.signal })
      await ensureBook({ desk, terminal })
      const jobs = await openJobs({ url: desk.store.url, onError: (error) => logger.error(errorFields(error), 'job failed') })
      try {
        const settled = await desk.approvals.catchUp()
        if (settled > 0) logger.info({ settled }, 'finished what was under way')
        await scheduleJobs(desk, jobs)
        terminal.out(renderCallList(await morningList(desk), { columns: terminal.columns, colour: terminal.colour }))
        terminal.out(`\nThe desk is up: ${web.url}/healthz\nIts log: ${join(config.home, 'desk.log')}`)
        terminal.out('In another terminal: npm run -s desk -- chat.  Ctrl-C here stops everything.')
        logger.info({ url: web.url }, 'desk started')
        // The first chat would otherwise wait while policies are indexed and the reader of requests is fitted, once.
        const prepared = prepareAside({ what: 'chat', signal: stopping.signal }).then((ready) => logger.info({ ready }, 'prepared for the first chat'))
        await stopped
        terminal.err('Stopping …')
        await prepared
      } finally {
        logger.info({}, 'desk stopping')
        await jobs.stop()
      }
    } finally {
      await web.close()
    }
  })
}

/** Makes the list of today, keeps the scores it was made from, and measures anew what calling does. */
async function morningList(desk: Desk) {
  const { platform, score, store, clock } = desk
  const list = await buildCallList({ platform, score, store, clock, model: await desk.textModel() })
  await recordScores({ store, clock, platform, list, model: (await desk.risk()).id, by: 'desk' })
  await keepCallEffect({ platform, store, clock })
  return list
}

async function scheduleJobs(desk: Desk, jobs: Awaited<ReturnType<typeof openJobs>>): Promise<void> {
  const { locations } = unwrap(await desk.platform.catalog())
  await jobs.schedule({ name: 'catch-up', cron: '* * * * *', zone: 'UTC', work: async () => { await desk.approvals.catchUp() } })
  for (const zone of new Set(locations.map((location) => location.zone))) {
    await jobs.schedule({ name: 'morning-scores', cron: '0 6 * * *', zone, work: async () => { await desk.ensureBook(); await morningList(desk) } })
  }
}

function webDesk(desk: Desk) {
  const { store, platform, approvals, config, logger } = desk
  return {
    status: async () => ({ salon: unwrap(await platform.catalog()).business.name, paused: await isPaused(store.db), openProposals: (await approvals.list()).length }),
    predictRisk: desk.predictRisk,
    apiToken: config.apiToken,
    onError: (error: unknown) => logger.error(errorFields(error), 'http request failed'),
  }
}
