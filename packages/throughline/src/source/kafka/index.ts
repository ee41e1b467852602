/** Topics of Kafka as a source. */
export { brokersOf } from './client.ts';
export { type KafkaFeedOptions, openKafkaFeed } from './open-kafka-feed.ts';
