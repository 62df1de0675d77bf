package simulator

// workload is what a server is there for: it decides its name, Windows roles, services, applications and size.
type workload struct {
	code         string // the middle of the server's name: DUB-SQL-014
	share        int    // percent of the servers that draw their workload
	roles        []string
	services     []service
	applications []string // a server carries one or two of them
	memory       int64    // bytes
	disk         int64    // bytes of the system drive
	controller   bool     // a domain controller
	clustered    bool     // in Prod it comes as a cluster of two
	core         bool     // installed without a desktop
}

// service is one Windows service as the facts show it.
type service struct {
	Name    string `json:"name"`
	Display string `json:"display_name"`
	State   string `json:"state"`
	Start   string `json:"start"`
}

const gigabyte = 1 << 30

func automatic(name, display string) service { return service{name, display, "Running", "Auto"} }

// commonServices run on every server. What is stopped on purpose is not part of the facts and therefore not here.
var commonServices = []service{
	automatic("CryptSvc", "Cryptographic Services"),
	automatic("Dhcp", "DHCP Client"),
	automatic("Dnscache", "DNS Client"),
	automatic("EventLog", "Windows Event Log"),
	automatic("LanmanServer", "Server"),
	automatic("LanmanWorkstation", "Workstation"),
	automatic("Netlogon", "Netlogon"),
	automatic("Schedule", "Task Scheduler"),
	automatic("W32Time", "Windows Time"),
	automatic("Winmgmt", "Windows Management Instrumentation"),
	automatic("WinRM", "Windows Remote Management (WS-Management)"),
	{"wuauserv", "Windows Update", "Running", "Manual"},
}

var workloads = []workload{
	{
		code: "APP", share: 26, roles: []string{"NET-Framework-45-Core"},
		services:     []service{automatic("OrderDispatch", "Order Dispatch Service")},
		applications: []string{"Order Management", "Billing", "Payroll", "Shop Floor", "Claims"},
		memory:       16 * gigabyte, disk: 100 * gigabyte,
	},
	{
		code: "WEB", share: 22, roles: []string{"Web-Server", "Web-Asp-Net45"},
		services:     []service{automatic("W3SVC", "World Wide Web Publishing Service"), automatic("WAS", "Windows Process Activation Service")},
		applications: []string{"Customer Portal", "Intranet", "Web Shop"},
		memory:       8 * gigabyte, disk: 80 * gigabyte, core: true,
	},
	{
		code: "SQL", share: 20, roles: []string{"Failover-Clustering"},
		services:     []service{automatic("MSSQLSERVER", "SQL Server (MSSQLSERVER)"), automatic("SQLSERVERAGENT", "SQL Server Agent (MSSQLSERVER)")},
		applications: []string{"Billing", "Data Warehouse", "Order Management", "Payroll"},
		memory:       64 * gigabyte, disk: 120 * gigabyte, clustered: true,
	},
	{
		code: "FIL", share: 10, roles: []string{"FS-FileServer", "FS-DFS-Replication"},
		services:     []service{automatic("DFSR", "DFS Replication")},
		applications: []string{"File Services"},
		memory:       8 * gigabyte, disk: 80 * gigabyte, core: true,
	},
	{
		code: "RDS", share: 10, roles: []string{"RDS-RD-Server"},
		services:     []service{automatic("TermService", "Remote Desktop Services"), automatic("Spooler", "Print Spooler")},
		applications: []string{"Desktop Service"},
		memory:       32 * gigabyte, disk: 160 * gigabyte,
	},
	{
		code: "MON", share: 7, roles: []string{"NET-Framework-45-Core"},
		services:     []service{automatic("HealthService", "Microsoft Monitoring Agent")},
		applications: []string{"Monitoring"},
		memory:       16 * gigabyte, disk: 100 * gigabyte,
	},
	{
		code: "DC", share: 5, roles: []string{"AD-Domain-Services", "DNS"}, controller: true,
		services:     []service{automatic("NTDS", "Active Directory Domain Services"), automatic("DNS", "DNS Server"), automatic("Kdc", "Kerberos Key Distribution Center")},
		applications: []string{"Directory"},
		memory:       8 * gigabyte, disk: 80 * gigabyte, core: true,
	},
}

// owners says which team answers for an application.
var owners = map[string]string{
	"Billing": "Finance Systems", "Claims": "Insurance Systems", "Customer Portal": "Web Platform",
	"Data Warehouse": "Data Platform", "Desktop Service": "Workplace", "Directory": "Identity",
	"File Services": "Workplace", "Intranet": "Web Platform", "Monitoring": "Operations",
	"Order Management": "Supply Chain", "Payroll": "Finance Systems", "Shop Floor": "Manufacturing IT",
	"Web Shop": "Web Platform",
}

var sites = []string{"DUB", "RED", "CHO", "SIN"}
