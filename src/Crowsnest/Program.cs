Console.WriteLine("crowsnest");
