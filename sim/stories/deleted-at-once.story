operator  life 1 begins
user      a user creates FlinkDeployment orders
user      a user deletes the FlinkDeployment
world     … until everything is gone
