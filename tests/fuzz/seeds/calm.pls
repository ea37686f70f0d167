[playlist]
X-GNOME-Title=Calm
File1=/music/Some Band/First.flac
Title1=Some Band - First
Length1=201
NumberOfEntries=1
Version=2
