/** The operator's configuration on a home: upstream's chart defaults where they matter to a user, short waits where they only cost time. */
export const operatorDefaults = {
  'flink-conf.yaml': ['taskmanager.numberOfTaskSlots: 1', 'kubernetes.operator.reconcile.interval: 60 s'].join('\n'),
  'log4j-console.properties': [
    'rootLogger.level = INFO',
    'rootLogger.appenderRef.console.ref = ConsoleAppender',
    'logger.pekko.name = org.apache.pekko',
    'logger.pekko.level = INFO',
    'logger.kafka.name= org.apache.kafka',
    'logger.kafka.level = INFO',
    'appender.console.name = ConsoleAppender',
    'appender.console.type = CONSOLE',
    'appender.console.layout.type = PatternLayout',
    'appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n',
    'logger.netty.name = org.jboss.netty.channel.DefaultChannelPipeline',
    'logger.netty.level = OFF',
    '',
  ].join('\n'),
}
