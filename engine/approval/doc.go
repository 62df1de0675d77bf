// Package approval holds what people decide: releases, change requests, their priorities and approvals, and the roles that
// may take each decision.
//
// In flow a person's command and the time; out comes the value after it, or an error that says which rule forbids it. A release and a
// change request are plain values; what they hold is never changed in place. The package knows no servers beyond their ids, no store and
// no clock. Start reading at Change in change.go; its machine is Transitions, the cycle's gates are Gates in phase.go, the priorities
// Terms and Criteria in priority.go, the standing policy Policy in policy.go.
//
// # States of a change request
//
// From, step, to, who, what it means. The role engine takes a step when a person changed something else.
//
//	submitted      authorise  authorised    authority unlocks the pilot; an emergency's windows too, once its pilot is verified
//	submitted      reject     rejected      authority nothing starts
//	submitted      ask        changes asked authority another plan must be submitted; nothing starts
//	authorised     approve    approved      board     unlocks Dev and Prod for exactly this plan; confirms an emergency
//	authorised     reject     rejected      board     nothing new starts; what runs finishes
//	authorised     ask        changes asked board     another plan must be submitted; nothing new starts, what runs finishes
//	submitted      withdraw   withdrawn     lead      nothing starts
//	authorised     withdraw   withdrawn     lead      nothing new starts; what runs finishes
//	approved       withdraw   withdrawn     lead      nothing new starts; what runs finishes
//	changes asked  withdraw   withdrawn     lead      the release is not asked for again
//	void           withdraw   withdrawn     lead      the release is not asked for again
//	submitted      void       void          engine    the release was widened: another plan must be submitted
//	authorised     void       void          engine    the release was widened: nothing new starts, another plan must be submitted
//	approved       void       void          engine    the release was widened: nothing new starts, another plan must be submitted
//	changes asked  supersede  superseded    engine    its successor was submitted
//	void           supersede  superseded    engine    its successor was submitted
//	approved       complete   completed     engine    its rollouts are over and the review is done
//	authorised     complete   completed     engine    its rollouts are over and the review is done
//
// Nobody authorises, approves or rejects a plan whose windows are all over (the engine's resubmit.go): it is asked for anew, or withdrawn. The
// dates of a priority are brought to the windows of the plan by Fit in timetable.go, which keeps what the priority asks for.
//
// The team may find that an emergency is none, or that a change is one: the windows are others then, and it becomes "changes asked".
//
// # Steps of an escalation
//
// What is done about a server that is vulnerable past its deadline (escalation.go): step, to, from. Who asked does not approve, and the approval
// names an executive.
//
//	approve  approved  from asked
//	done     done      from approved
//	lift     lifted    from asked, approved, done
//
// # Gates of the phases
//
//	Assess is left when a notification tells of an update that affects the environment
//	Identify is left when relevance is decided
//	Identify is left when source files are obtained and their signature is verified
//	Identify is left when a change request is submitted
//	Evaluate & Plan is left when priority and category are settled
//	Evaluate & Plan is left when the change request is approved
//	Evaluate & Plan is left when the release is built
//	Evaluate & Plan is left when acceptance testing is passed
//	Deploy is left when the rollout is finished, or closed with reasons
//	Deploy is left when the post-implementation review is done
//
// # What a priority demands
//
//	Emergency within 24 hours, at the latest in 2 weeks
//	High      within 1 month, at the latest in 2 months
//	Medium    within 4 months by a service pack or rollup that carries the fix, else the update itself within 6 months
//	Low       by a service pack or rollup within 1 year, else the update within 1 year or never
package approval
