import { Hono } from 'hono'
import { type Reach, secureHeaders } from './guard.ts'
import { openLimits } from './limits.ts'
import { plainPage } from './plain-page.ts'
import { refuse } from './refuse.ts'

const languages = ['en', 'es', 'fr'] as const
type Language = (typeof languages)[number]

/** What the page needs of the salon's rules: a section by its id, with what clients may be told about it. */
export type PolicySections = { section(id: string): Promise<{ id: string; clients?: { en: string; es?: string | undefined; fr?: string | undefined } } | undefined> }

/** Over the whole desk: far more than all clients together follow such links. */
const perMinute = 300
/** A wording that was changed is everywhere within this. */
const cacheSeconds = 300

const words: Record<Language, { title: (salon: string) => string; more: string; noTitle: string; none: string; awayTitle: string; away: string }> = {
  en: {
    title: (salon) => `Good to know: ${salon}`, more: 'Something unclear? Call us or answer our text.',
    noTitle: 'There is nothing here', none: 'This link leads to nothing that the salon has written for clients (any more). Please call the salon: they can tell you.',
    awayTitle: 'Not reachable right now', away: 'This page cannot be shown right now. Please try again in a few minutes, or call the salon.',
  },
  es: {
    title: (salon) => `Información de ${salon}`, more: '¿Alguna duda? Llámenos o responda a nuestro mensaje.',
    noTitle: 'Aquí no hay nada', none: 'Este enlace no lleva (o ya no lleva) a nada que el salón haya escrito para sus clientes. Llame al salón, por favor: allí se lo dirán.',
    awayTitle: 'No disponible en este momento', away: 'Esta página no se puede mostrar ahora. Inténtelo de nuevo en unos minutos o llame al salón.',
  },
  fr: {
    title: (salon) => `Bon à savoir : ${salon}`, more: 'Une question ? Appelez-nous ou répondez à notre message.',
    noTitle: 'Il n’y a rien ici', none: 'Ce lien ne mène (plus) à rien que le salon ait écrit pour ses clients. Veuillez appeler le salon : on vous le dira.',
    awayTitle: 'Indisponible pour le moment', away: 'Cette page ne peut pas être affichée pour le moment. Réessayez dans quelques minutes ou appelez le salon.',
  },
}

/**
 * `GET /policies/DOCUMENT/ANCHOR`: what the phone texts a link to. It shows the salon's words for clients of one section and
 * nothing else that is in the folder; for everything without such words, 404 in words. `lang`, else what the browser prefers.
 */
export function policyRoutes({ policies, salon, reach, onError }: { policies: (() => Promise<PolicySections>) | undefined; salon: () => Promise<string>; reach: Reach; onError: (error: unknown) => void }): Hono {
  const app = new Hono()
  const limits = openLimits({ perMinute })
  app.use('/policies/*', secureHeaders(reach))
  app.get('/policies/*', async (c) => {
    if (!limits.take('policies')) return refuse(c, { status: 429, code: 'unavailable', message: 'That was asked very often. Please wait a minute.', headers: { 'retry-after': '60' } })
    const wanted = languageOf({ asked: c.req.query('lang'), accepts: c.req.header('accept-language') })
    const page = ({ lang, status, title, paragraphs, keep = cacheSeconds }: { lang: Language; status: 200 | 404 | 503; title: string; paragraphs: string[]; keep?: number }): Response =>
      new Response(plainPage({ lang, title, paragraphs }), { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': keep === 0 ? 'no-store' : `public, max-age=${keep}`, vary: 'accept-language' } })
    const none = (): Response => page({ lang: wanted, status: 404, title: words[wanted].noTitle, paragraphs: [words[wanted].none], keep: 60 })
    const id = sectionId(c.req.path)
    if (id === undefined) return none()
    try {
      const section = await (await policies?.())?.section(id)
      // A section is found by other names, too; only the address that was texted is one.
      if (section?.clients === undefined || section.id !== id) return none()
      const said = section.clients[wanted]
      const lang = said === undefined ? 'en' : wanted
      return page({ lang, status: 200, title: words[lang].title(await salon()), paragraphs: [said ?? section.clients.en, words[lang].more] })
    } catch (error) {
      // What is wrong with a file is for the log, not for a client.
      onError(error)
      return page({ lang: wanted, status: 503, title: words[wanted].awayTitle, paragraphs: [words[wanted].away], keep: 0 })
    }
  })
  return app
}

/** `cancellation#notice` of `/policies/cancellation/notice`; a document may lie in a folder. Undefined for what is no such address. */
function sectionId(path: string): string | undefined {
  try {
    const [, document, anchor] = /^\/policies\/(.{1,200})\/([^/]{1,200})$/.exec(decodeURIComponent(path)) ?? []
    return document === undefined || anchor === undefined ? undefined : `${document}#${anchor}`
  } catch {
    return undefined
  }
}

/** The first of ours among what the browser prefers (RFC 9110, section 12.5.4); English where there is none. */
function languageOf({ asked, accepts = '' }: { asked: string | undefined; accepts: string | undefined }): Language {
  const ours = (tag: string): Language | undefined => languages.find((language) => language === tag.trim().toLowerCase().split('-')[0])
  const given = asked === undefined ? undefined : ours(asked)
  if (given !== undefined) return given
  const ranked = accepts.split(',').slice(0, 20).map((part) => {
    const [tag = '', ...more] = part.split(';')
    const q = Number(/^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(more.find((one) => /^\s*q=/.test(one)) ?? '')?.[1] ?? 1)
    return { language: ours(tag), q }
  })
  return ranked.filter(({ language, q }) => language !== undefined && q > 0).toSorted((a, b) => b.q - a.q)[0]?.language ?? 'en'
}
