/** Topics of Kafka as a source. */
export { brokersOf } from './client.ts';
export { describeTopic } from './describe-topic.ts';
export { type KafkaFeedOptions, openKafkaFeed } from './open-kafka-feed.ts';
