/** Words for pet names. The lists are the project's own: names need the official shape, not its words. */
export const adverbs: readonly string[] = words(`
  ably airily amply aptly avidly badly barely boldly bravely briefly brightly briskly calmly cheerily clearly closely
  coldly coolly dearly deeply deftly dimly early easily evenly fairly firmly fondly freely fully gladly gently gravely
  happily hardly highly justly keenly kindly lately lightly likely loosely loudly merrily mildly mostly nearly neatly
  newly nicely nobly oddly openly partly plainly poorly promptly purely quickly quietly rarely readily richly rightly
  sadly safely sharply shyly simply slowly smoothly softly solely soundly steadily strongly surely swiftly tamely
  tenderly tightly truly vastly vividly warmly weakly widely wildly wisely yearly
`);

export const adjectives: readonly string[] = words(`
  able active agile alert alive ample apt austere balanced bold brave bright brisk busy calm candid careful cheerful
  civil clean clear clever close cool cosy crisp curious daring dear deep direct driven eager early earnest easy epic
  even exact expert fair famous fancy fast fine firm fit fleet fluent fond fresh frank free full funny gentle giving
  glad golden good grand great handy happy hardy hearty helpful honest humble ideal joint jolly just keen kind large
  lasting light likely lively logical loyal lucky mellow merry mighty modest native neat new nice nimble noble novel
  open patient perfect placid plain pleased polite precise prime proper proud prudent pure quick quiet rapid rare ready
  real refined regular rich robust royal sane secure sharp shining silent simple sincere smart smooth social solid sound
  special stable steady still stirring strong sturdy subtle sunny super supple sure swift tender tidy tight tolerant
  top touched true trusty upright useful valid vast vital vivid warm wealthy welcome whole willing winning wise witty
  worthy young
`);

export const animals: readonly string[] = words(`
  ant ape asp badger bass bat bear beagle beaver bee beetle bison boa boar bobcat buck buffalo bug bull bunny calf
  camel cardinal caribou cat catfish chamois cheetah chicken chimp cicada clam cobra cod collie condor corgi cougar cow
  coyote crab crane cricket crow cub deer dingo doe dog dolphin donkey dove dragonfly drake drum duck eagle eel eft
  elephant elk emu ewe falcon fawn ferret finch firefly flamingo flea flounder fly foal fowl fox frog gannet
  gar gazelle gecko gelding gibbon giraffe gnat gnu goat goose gopher goshawk grouse grub gull
  guppy halibut hamster hare hawk hen heron herring hornet horse hound husky ibex ibis iguana impala   jackal jaguar jay jennet kangaroo kid kingfish kit kite kitten kiwi koala koi krill lacewing ladybird lamb lark
  lemming lemur leopard lion lizard llama lobster locust louse lynx macaw mackerel magpie mako mallard mammoth   manatee mantis marlin marmot marten martin mastiff mayfly meerkat midge mink minnow mite mole mollusk mongoose monkey
  moose moray moth mouse mudfish mule mullet muskox muskrat mustang newt octopus opossum orca oriole osprey ostrich
  otter owl ox oyster panda panther parrot peacock pelican penguin perch pheasant pig pigeon piglet pika
  pipefish piranha platypus polecat pony poodle porpoise possum prawn puffin pug puma pup python quail
  quetzal rabbit raccoon racer ram rat raven ray redbird redfish reindeer robin rooster sailfish salmon
  sawfish sawfly scorpion sculpin seagull seal seasnail shad shark sheep shepherd shiner shrew shrimp silkworm
  skink skunk skylark sloth slug snail snake snapper snipe sparrow spaniel spider squid squirrel stag stallion
  starfish starling stingray stork stud sturgeon sunbird sunfish swan swift tadpole tahr tapir tarpon teal
  termite tern terrapin terrier tetra thrush tick tiger titmouse toad tomcat tortoise toucan treefrog trout tuna
  turkey turtle urchin vervet viper vulture wahoo wallaby walleye walrus warthog wasp weasel weevil whale
  whippet wildcat wolf wombat woodcock worm wren yak zebra
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
