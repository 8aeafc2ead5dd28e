/** The Flink operator: wires facts, decisions and effects together. */
export {}
