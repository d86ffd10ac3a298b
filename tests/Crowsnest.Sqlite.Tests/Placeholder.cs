namespace Crowsnest.Sqlite.Tests;
