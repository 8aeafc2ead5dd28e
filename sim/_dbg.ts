import { createWorld } from './world.ts'
import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { crashAt } from './faults.ts'
const s=scenarios.find(x=>x.name==='upgrade with savepoint')!
const s2={...s,steps:[{say:'log',do:(st:any)=>st.world.listen({log:(m:string,f:any)=>{ console.log(m,JSON.stringify(f).slice(0,600)) }})},...s.steps]}
const r=await run(s2 as any,{faults:crashAt(46,'before')})
