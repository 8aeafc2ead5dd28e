operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user creates FlinkStateSnapshot one
world     … until it is under way
user      the JobManager process is killed
flink     JobManager orders-pod dies
world     … until it has ended
operator  trigger: the savepoint is asked for → savepoint id-2, merge FlinkStateSnapshot one — failed: FlinkUnreachable: http://orders-rest.shop:8081: connection refused
operator  follow: no answer: http://orders-rest.shop:8081: connection refused → merge FlinkStateSnapshot one
operator  follow: the JobManager does not answer
flink     JobManager orders-pod leads
operator  follow: the JobManager does not answer
flink     job id-1 starts from file:///cp/id-1/chk-1 (recovery)
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
operator  follow: the JobManager does not answer
            event JobStatusChanged: Job status changed from RECONCILING to RUNNING
operator  follow: the JobManager does not know the trigger: ask under the same id → savepoint id-2
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
world     … until the job runs as wanted
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot one
