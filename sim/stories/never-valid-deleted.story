operator  life 1 begins
user      a user creates FlinkDeployment orders
user      20 s pass
status    FlinkDeployment orders is FAILED
operator  refuseSpec: Flink Version must be defined.
            event ValidationError: Flink Version must be defined.
user      a user deletes the FlinkDeployment
world     … until everything is gone
status    FlinkDeployment orders is DELETING
operator  teardown: nothing of the cluster is left
            event Cleanup: Cleaning up FlinkDeployment
