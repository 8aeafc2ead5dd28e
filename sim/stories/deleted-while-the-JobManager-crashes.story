operator  life 1 begins
user      a user creates FlinkDeployment orders
user      20 s pass
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
            event CrashLoopBackOff: [flink-main-container] back-off restarting failed container
user      a user deletes the FlinkDeployment
world     … until everything is gone
status    FlinkDeployment orders is DELETING
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders
            event Cleanup: Cleaning up FlinkDeployment
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: files below file:///cp.
