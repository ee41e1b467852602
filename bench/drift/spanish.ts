/** Complaints in Spanish, made of parts: for want of a public set of them. 216 texts, all different. */
const WHO = [
  'El banco',
  'La compañía de la tarjeta',
  'La agencia de cobros',
  'El servicio de la hipoteca',
  'La oficina de crédito',
  'El prestamista',
];
const WHAT = [
  'me ha cobrado dos veces por la misma compra y no quiere devolverme el dinero.',
  'me llama todos los días por una deuda que no es mía y que nunca he firmado.',
  'ha cerrado mi cuenta sin avisarme y todavía no me entrega el saldo que tenía.',
  'subió el pago mensual sin explicarme el motivo ni enviarme ningún documento.',
  'se niega a corregir un error en mi informe aunque mandé todas las pruebas por carta.',
  'perdió los papeles de mi solicitud y ahora me exige intereses de demora.',
];
const THEN = [
  'He escrito tres veces y nadie me contesta. Pido que investiguen este caso cuanto antes.',
  'Cuando llamo por teléfono me dejan esperando una hora y después se corta la llamada.',
  'Mi familia depende de ese dinero y este problema ya dura más de seis meses.',
  'Solicito una copia del contrato original y de todos los pagos que he hecho.',
  'El supervisor prometió resolverlo en diez días, pero no ha pasado nada desde entonces.',
  'Quiero que retiren ese cargo y que me confirmen por escrito que la cuenta está saldada.',
];

export function spanishComplaints(): string[] {
  return WHO.flatMap((who) => WHAT.flatMap((what) => THEN.map((then) => `${who} ${what} ${then}`)));
}
