// Package inventory is what is known of the servers: what people say of them (name, site, owner, window) and what each server
// reported of itself (build, roles, disk, pending restart, the updates its own agent offers).
//
// In flow inventory files (ReadCSV, ReadAnsible), facts that remote read, lists of machines that others keep (ReadTable, ReadLDIF, ReadNames)
// and minimum standards (ReadStandards); all are hostile until checked. Out flow servers (Merge gives what an import changes), the ones
// that an expression selects (CompileFilter) or a collection holds (Collection.Select), files again (WriteCSV), and what is wrong: an
// audit compared with the one before (Audit), the inventory compared with other lists (Policy.Compare), servers beside their baseline
// (Baseline.Stand) and the standards. Settle makes findings of that, which open and close by evidence.
//
// The package must not know how servers are reached, where they are kept, or what the time is. Everything here is a
// function of its arguments.
//
// Start reading at Server in server.go and Facts in facts.go; csv.go reads files, column.go says what each column may hold,
// filter.go what an expression may ask; collection.go, audit.go, source.go, baseline.go, standard.go and finding.go hold one noun each,
// policy.go their numbers.
//
// # To check on a real host
//
//   - A build of 10.0.26100 is Windows Server 2025 here; Windows 11 24H2 has the same base build and must not be enrolled.
//   - Server Core reports InstallationType "Server Core", which decides between the two rows that a bulletin has.
//   - A directory's export holds lastLogonTimestamp in steps of 100 ns since 1601, renewed every 9 to 14 days, and 0 or the largest number
//     for never.
//   - A zone that is written out says the age of a record as [AGE:hours since 1601]; a record that was made by hand has none.
package inventory
