import type { ReplyReading } from './reading.ts'

const spanish = /(?:^| )(?:si|claro|gracias|hola|buenas?|buenos|por|favor|porfa|cita|puedo|puede|pueden|quiero|quisiera|necesito|estoy|esta|estare|voy|llego|ire|manana|hoy|pasado|tarde|noche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|el|la|los|las|una?|de|del|que|cual|donde|cuando|cuanto|como|pero|mejor|para|con|no se|perdon|senora?|ahi|alli|nos|vemos|confirmo|cancelar?|cancele|reprogramar|mensajes|dale|vale|perfecto|quien|tengo|mi|su|hay|trafico|bien|listo|adelante|tal vez|quizas?)(?= |$)/g
const french = /(?:^| )(?:oui|merci|bonjour|bonsoir|je|suis|vous|nous|peux|pouvez|veux|voudrais|demain|aujourdhui|rendez|rdv|avec|mais|est|cest|ca|daccord|parfait|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|heures?|quelle?|combien|plus|arret|arretez|aide|non|desole|svp|sil|plait|annuler|changer|retard|le|les|des|une|pas|ne|salut)(?= |$)/g
const english = /(?:^| )(?:the|i|im|ill|you|is|it|its|that|thats|to|can|yes|yeah|not|dont|and|my|be|for|have|what|whats|where|when|do|we|at|on|please|thanks|thank|ok|okay|this|there|will|with|want|me|cant|but|how|works|good|see|late|time|appointment|text|stop)(?= |$)/g

/** The language of a text by its small words; the client's own where they do not say. */
export function languageOf({ folded, known }: { folded: string; known: string | undefined }): ReplyReading['language'] {
  const count = (pattern: RegExp): number => folded.match(pattern)?.length ?? 0
  const [es, fr, en] = [count(spanish), count(french), count(english)]
  const usual = known?.startsWith('es') ? 'es' : known?.startsWith('fr') ? 'fr' : 'en'
  if (es === fr && es > en) return usual === 'fr' ? 'fr' : 'es'
  if (es > en && es > fr) return 'es'
  if (fr > en && fr > es) return 'fr'
  return es + fr + en === 0 ? usual : en > 0 && en >= Math.max(es, fr) ? 'en' : usual
}
