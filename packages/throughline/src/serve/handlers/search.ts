import type { Handlers } from '../caller.ts';
import { recordFeedback } from '../feedback-table.ts';
import { notFound } from '../not-found.ts';
import { readRecord } from '../read-record.ts';
import type { Service } from '../service.ts';
import { sharedSearches } from '../shared-searches.ts';

export function searchHandlers(
  service: Service,
): Pick<Handlers, 'search' | 'similar' | 'record' | 'passages' | 'feedback'> {
  const { searcher, lake, clock } = service;
  const ask = sharedSearches(service);
  return {
    search: ({ body }, caller) => ask(['search', body], caller, (asking) => searcher.search(body, asking)),
    similar: ({ body }, caller) => ask(['similar', body], caller, (asking) => searcher.similar(body, asking)),
    async record({ params: { id } }, { access: { within } }) {
      const { manifest } = searcher;
      const place = await searcher.placeOf(id, { within });
      const isThere = place.chunks.length > 0;
      const record = isThere ? await readRecord(lake, manifest, { id, place, within }) : undefined;
      if (!record) throw notFound(`there is no record ${id}`, 'record_missing');
      return record;
    },
    async passages({ body }, { access: { within } }) {
      return { passages: await searcher.passages(body.passageIds, { within }) };
    },
    async feedback({ body }, { access: { within, name } }) {
      if ((await searcher.placeOf(body.recordId, { within })).chunks.length === 0)
        throw notFound(`there is no record ${body.recordId}`, 'record_missing');
      return { id: await recordFeedback(lake, { ...body, by: name }, clock) };
    },
  };
}
